/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import io.snapshotoperator.evs.cloud.http.settings.HeaderValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The keys of credentials, in a Secret or in settings, and the rules for reading them. */
public final class CredentialKeys {
    public static final String USERNAME = "username";
    public static final String PASSWORD = "password";
    public static final String DOMAIN_NAME = "domainName";
    public static final String ACCESS_KEY = "accessKey";
    public static final String SECRET_KEY = "secretKey";
    public static final String SECURITY_TOKEN = "securityToken";

    static final List<String> USER_KEYS = List.of(USERNAME, PASSWORD, DOMAIN_NAME);
    static final List<String> ACCESS_KEY_KEYS = List.of(ACCESS_KEY, SECRET_KEY, SECURITY_TOKEN);

    private CredentialKeys() {}

    /**
     * Reads credentials of a user or of an access key.
     *
     * @param values returns the value of a key, or null
     * @param settingName returns the name of a key for messages
     * @throws InvalidCredentialsException naming all keys that are missing, empty or contradictory
     */
    static Credentials read(UnaryOperator<String> values, UnaryOperator<String> settingName) {
        var problems = new ArrayList<String>();
        var hasUser = USER_KEYS.stream().anyMatch(key -> values.apply(key) != null);
        var hasAccessKey = ACCESS_KEY_KEYS.stream().anyMatch(key -> values.apply(key) != null);
        if (hasUser && hasAccessKey) {
            problems.add("set either a user or an access key, not both: found " + present(values, settingName));
        }
        if (!hasUser && !hasAccessKey) {
            problems.add("no credentials: set " + names(Stream.of(USERNAME, PASSWORD, DOMAIN_NAME), settingName)
                    + ", or " + names(Stream.of(ACCESS_KEY, SECRET_KEY), settingName));
        }
        if (!problems.isEmpty()) {
            throw new InvalidCredentialsException(problems);
        }
        var credentials = hasUser ? user(values, settingName, problems) : key(values, settingName, problems);
        if (!problems.isEmpty()) {
            throw new InvalidCredentialsException(problems);
        }
        return credentials;
    }

    private static Credentials user(
            UnaryOperator<String> values, UnaryOperator<String> settingName, List<String> problems) {
        return new Credentials.Password(
                required(DOMAIN_NAME, values, settingName, problems),
                required(USERNAME, values, settingName, problems),
                required(PASSWORD, values, settingName, problems));
    }

    private static Credentials key(
            UnaryOperator<String> values, UnaryOperator<String> settingName, List<String> problems) {
        var token = Optional.ofNullable(values.apply(SECURITY_TOKEN)).map(CredentialKeys::withoutTrailingLineEnd);
        token.ifPresent(value -> requireHeaderValue(SECURITY_TOKEN, value, settingName, problems));
        var accessKey = required(ACCESS_KEY, values, settingName, problems);
        requireHeaderValue(ACCESS_KEY, accessKey, settingName, problems);
        return new Credentials.AccessKey(
                accessKey,
                required(SECRET_KEY, values, settingName, problems),
                token.filter(value -> !value.isEmpty()));
    }

    private static String required(
            String key, UnaryOperator<String> values, UnaryOperator<String> settingName, List<String> problems) {
        var value = values.apply(key);
        if (value == null) {
            problems.add(settingName.apply(key) + " is missing");
            return "";
        }
        var trimmed = withoutTrailingLineEnd(value);
        if (trimmed.isBlank()) {
            problems.add(settingName.apply(key) + " is empty");
        }
        return trimmed;
    }

    /** The value is sent in a header. With another character, the HTTP client fails with the value in its message. */
    private static void requireHeaderValue(
            String key, String value, UnaryOperator<String> settingName, List<String> problems) {
        if (!HeaderValue.isSafe(value)) {
            problems.add(settingName.apply(key) + " contains a character that is not allowed (a space or a line end?)");
        }
    }

    /** Removes the line end of {@code echo secret > file}. Keeps spaces: a password can start or end with a space. */
    private static String withoutTrailingLineEnd(String value) {
        var end = value.length();
        while (end > 0 && (value.charAt(end - 1) == '\n' || value.charAt(end - 1) == '\r')) {
            end--;
        }
        return value.substring(0, end);
    }

    private static String present(UnaryOperator<String> values, UnaryOperator<String> settingName) {
        return names(
                Stream.concat(USER_KEYS.stream(), ACCESS_KEY_KEYS.stream()).filter(key -> values.apply(key) != null),
                settingName);
    }

    private static String names(Stream<String> keys, UnaryOperator<String> settingName) {
        return String.join(", ", keys.map(settingName).toList());
    }
}
