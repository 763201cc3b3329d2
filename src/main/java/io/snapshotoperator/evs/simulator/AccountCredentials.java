/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import java.util.Optional;

/** The account's secrets as they are now; tests exchange them as an administrator would. Safe for several threads. */
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

    /** From now on logins need this password; tokens given out before stay valid. */
    public synchronized void changePassword(String other) {
        password = other;
    }

    /** From now on this permanent pair of keys is the only valid one. */
    public synchronized void changeKeys(String access, String secret) {
        accessKey = access;
        secretKey = secret;
        securityToken = Optional.empty();
    }

    /** From now on this temporary pair of keys is the only valid one, and only together with the token. */
    public synchronized void changeKeys(String access, String secret, String token) {
        changeKeys(access, secret);
        securityToken = Optional.of(token);
    }

    synchronized boolean isPassword(String tried) {
        return password.equals(tried);
    }

    synchronized Optional<String> secretOf(String access) {
        return accessKey.equals(access) ? Optional.of(secretKey) : Optional.empty();
    }

    /** A permanent key needs none, and one sent with it does no harm (guessed). */
    synchronized boolean isSecurityTokenRight(Optional<String> sent) {
        return securityToken.isEmpty() || securityToken.equals(sent);
    }
}
