/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.cloud.http.auth;

import io.snapshotoperator.evs.cloud.http.settings.HeaderValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The keys under which credentials are given, in a Secret or elsewhere, and the rules for reading them. */
public final class CredentialKeys {
    public static final String USERNAME = "username";
    public static final String PASSWORD = "password";
    public static final String DOMAIN_NAME = "domainName";
    public static final String ACCESS_KEY = "accessKey";
    public static final String SECRET_KEY = "secretKey";
    public static final String SECURITY_TOKEN = "securityToken";

    static final List<String> OF_A_USER = List.of(USERNAME, PASSWORD, DOMAIN_NAME);
    static final List<String> OF_A_KEY = List.of(ACCESS_KEY, SECRET_KEY, SECURITY_TOKEN);

    private CredentialKeys() {}

    /**
     * @param lookup the value of a key, or null
     * @param settingName how a message names a key
     */
    static Credentials read(UnaryOperator<String> values, UnaryOperator<String> settingName) {
        var problems = new ArrayList<String>();
        var ofAUser = OF_A_USER.stream().anyMatch(key -> values.apply(key) != null);
        var ofAKey = OF_A_KEY.stream().anyMatch(key -> values.apply(key) != null);
        if (ofAUser && ofAKey) {
            problems.add("give either a user or an access key, not both: found " + found(values, settingName));
        }
        if (!ofAUser && !ofAKey) {
            problems.add("no credentials: give " + places(Stream.of(USERNAME, PASSWORD, DOMAIN_NAME), settingName)
                    + ", or " + places(Stream.of(ACCESS_KEY, SECRET_KEY), settingName));
        }
        if (!problems.isEmpty()) {
            throw new InvalidCredentialsException(problems);
        }
        var credentials = ofAUser ? user(values, settingName, problems) : key(values, settingName, problems);
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
        var token = Optional.ofNullable(values.apply(SECURITY_TOKEN)).map(CredentialKeys::withoutLineEnd);
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
        var trimmed = withoutLineEnd(value);
        if (trimmed.isBlank()) {
            problems.add(settingName.apply(key) + " is empty");
        }
        return trimmed;
    }

    /** Travels in a header, where other characters would make the HTTP client fail with the value in its message. */
    private static void requireHeaderValue(
            String key, String value, UnaryOperator<String> settingName, List<String> problems) {
        if (!HeaderValue.isSafe(value)) {
            problems.add(settingName.apply(key) + " holds a character that no such key has (a blank, a line end?)");
        }
    }

    /** {@code echo secret > file} leaves a line end behind. Blanks stay: a password may begin or end with one. */
    private static String withoutLineEnd(String value) {
        var end = value.length();
        while (end > 0 && (value.charAt(end - 1) == '\n' || value.charAt(end - 1) == '\r')) {
            end--;
        }
        return value.substring(0, end);
    }

    private static String found(UnaryOperator<String> values, UnaryOperator<String> settingName) {
        return places(
                Stream.concat(OF_A_USER.stream(), OF_A_KEY.stream()).filter(key -> values.apply(key) != null),
                settingName);
    }

    private static String places(Stream<String> keys, UnaryOperator<String> settingName) {
        return String.join(", ", keys.map(settingName).toList());
    }
}
