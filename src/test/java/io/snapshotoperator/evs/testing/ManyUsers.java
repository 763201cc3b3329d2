/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.testing;

import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Users who act at the same time. */
public final class ManyUsers {
    private ManyUsers() {}

    /**
     * Lets so many users do the action once for each object, and returns when all is done.
     *
     * @throws AssertionError with the cause, if an action failed
     */
    public static void doForEach(int users, Collection<String> objects, Consumer<String> action) {
        var threads = Executors.newFixedThreadPool(users);
        try {
            for (Future<?> done : objects.stream()
                    .map(object -> threads.submit(() -> action.accept(object)))
                    .toList()) {
                done.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }
}
