/**
 * What tests of several packages share: a real Kubernetes API server, the operator as a process or in this JVM, scenarios, and
 * the invariants. Start reading at {@link io.snapshotoperator.evs.testing.StoryExtension}.
 */
package io.snapshotoperator.evs.testing;
