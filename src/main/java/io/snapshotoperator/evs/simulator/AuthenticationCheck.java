/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

/** Authenticates callers by token or by signature (EVS API reference: authentication). */
final class AuthenticationCheck {

    /** The user of a call that needs no authentication. */
    static final String ANONYMOUS = "";

    private final SignatureCheck signatures;
    private final Tokens tokens;
    private final SimulatorSettings settings;

    AuthenticationCheck(SignatureCheck signatures, Tokens tokens, SimulatorSettings settings) {
        this.signatures = signatures;
        this.tokens = tokens;
        this.settings = settings;
    }

    /** Returns the name of the user, or {@link #ANONYMOUS}. */
    String authenticate(Request request, ApiCall call) {
        switch (call.operation()) {
            case LOGIN, VERSIONS, UNKNOWN:
                return ANONYMOUS;
            default:
                break;
        }
        var token = request.header("X-Auth-Token");
        var signed = SignatureCheck.isSigned(request);
        if (token.isPresent() && signed) {
            // "Never both": it is not documented which of the two the real gateway uses; guessed.
            throw incorrect("Incorrect IAM authentication information: both token and signature");
        }
        if (signed) {
            return authenticateSigned(request, call);
        }
        return authenticateToken(
                token.orElseThrow(() -> incorrect("Incorrect IAM authentication information: x-auth-token not found")),
                call);
    }

    /** Returns the error for an expired token. */
    ApiErrorException expired() {
        if (settings.behavior().expiredTokenReturns400()) {
            var message = "Invalid token in the header.";
            return ApiErrorException.ofEvs(400, "Common.0013", message, message);
        }
        return ApiErrorException.ofKeystone(401, "The X-Auth-Token is invalid!");
    }

    private String authenticateSigned(Request request, ApiCall call) {
        signatures.verify(request);
        if (call.projectId() != null) {
            var context = request.header("X-Project-Id").orElse("null");
            if (!context.equals(call.projectId()) || !isProjectOfAccount(context)) {
                throw ApiErrorException.projectMismatch(call.projectId(), context);
            }
        }
        return settings.account().user();
    }

    private String authenticateToken(String token, ApiCall call) {
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

    private boolean isProjectOfAccount(String projectId) {
        return settings.account().projects().stream()
                .anyMatch(project -> project.id().equals(projectId));
    }

    private static ApiErrorException incorrect(String message) {
        return ApiErrorException.ofGateway(401, "APIGW.0301", message);
    }
}
