/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Optional;

/** Holds the current secrets of the account. Tests change them as an administrator does. Thread-safe. */
public final class AccountCredentials {

    private String password;
    private String accessKey;
    private String secretKey;
    private Optional<String> securityToken;

    AccountCredentials(SimulatorSettings.Account account) {
        this.password = account.password();
        this.accessKey = account.accessKey();
        this.secretKey = account.secretKey();
        this.securityToken = account.securityToken();
    }

    /** Makes this the only valid password. Tokens that were issued before stay valid. */
    public synchronized void changePassword(String newPassword) {
        password = newPassword;
    }

    /** Makes this permanent key pair the only valid one. */
    public synchronized void changeKeys(String access, String secret) {
        accessKey = access;
        secretKey = secret;
        securityToken = Optional.empty();
    }

    /** Makes this temporary key pair the only valid one. It is valid only together with the token. */
    public synchronized void changeKeys(String access, String secret, String token) {
        changeKeys(access, secret);
        securityToken = Optional.of(token);
    }

    synchronized boolean isPassword(String candidate) {
        return password.equals(candidate);
    }

    /** Returns the secret key; empty if the access key is unknown. */
    synchronized Optional<String> secretOf(String access) {
        return accessKey.equals(access) ? Optional.of(secretKey) : Optional.empty();
    }

    /** Returns whether the token fits the key. A permanent key fits with any token and without one (guessed). */
    synchronized boolean acceptsSecurityToken(Optional<String> sent) {
        return securityToken.isEmpty() || securityToken.equals(sent);
    }
}
