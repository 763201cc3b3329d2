/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

/** Lets in who may call, by token or by signature (EVS API reference: authentication). */
final class AuthenticationCheck {

    /** Who calls when nobody needs to say so. */
    static final String ANYBODY = "";

    private final SignatureCheck signatures;
    private final Tokens tokens;
    private final SimulatorSettings settings;

    AuthenticationCheck(SignatureCheck signatures, Tokens tokens, SimulatorSettings settings) {
        this.signatures = signatures;
        this.tokens = tokens;
        this.settings = settings;
    }

    /** Answers with the user's name, {@link #ANYBODY} if none is needed. */
    String admit(Request request, ApiCall call) {
        switch (call.operation()) {
            case LOGIN, VERSIONS, UNKNOWN:
                return ANYBODY;
            default:
                break;
        }
        var token = request.header("X-Auth-Token");
        var signed = SignatureCheck.isSigned(request);
        if (token.isPresent() && signed) {
            // "Never both": which of them the real gateway would believe is not documented; guessed.
            throw incorrect("Incorrect IAM authentication information: both token and signature");
        }
        if (signed) {
            return admitSigned(request, call);
        }
        return admitToken(
                token.orElseThrow(() -> incorrect("Incorrect IAM authentication information: x-auth-token not found")),
                call);
    }

    /** The answer to a token that was good once. */
    ApiErrorException expired() {
        if (settings.behavior().expiredTokenReturns400()) {
            var message = "Invalid token in the header.";
            return ApiErrorException.ofEvs(400, "Common.0013", message, message);
        }
        return ApiErrorException.ofKeystone(401, "The X-Auth-Token is invalid!");
    }

    private String admitSigned(Request request, ApiCall call) {
        signatures.admit(request);
        if (call.projectId() != null) {
            var context = request.header("X-Project-Id").orElse("null");
            if (!context.equals(call.projectId()) || !isKnown(context)) {
                throw ApiErrorException.projectMismatch(call.projectId(), context);
            }
        }
        return settings.account().user();
    }

    private String admitToken(String token, ApiCall call) {
        var grant = tokens.find(token)
                .orElseThrow(() -> incorrect("Incorrect IAM authentication information: decrypt token fail"));
        if (tokens.isExpired(grant)) {
            throw expired();
        }
        if (call.projectId() != null) {
            var context = grant.project().map(Project::id).orElse("null");
            if (!context.equals(call.projectId())) {
                throw ApiErrorException.ofEvs(
                        400,
                        "Common.0018",
                        "Invalid token in the header",
                        "Malformed request URL: URL's project_id '%s' doesn't match Context's project_id '%s'"
                                .formatted(call.projectId(), context));
            }
        }
        return grant.user();
    }

    private boolean isKnown(String projectId) {
        return settings.account().projects().stream()
                .anyMatch(project -> project.id().equals(projectId));
    }

    private static ApiErrorException incorrect(String message) {
        return ApiErrorException.ofGateway(401, "APIGW.0301", message);
    }
}
