/**
 * What tests of several rooms share: a real Kubernetes API server. May use anything that tests may; nothing of the product
 * depends on it. Start reading at {@link io.snapshotoperator.evs.testing.RealApiServer}.
 */
package io.snapshotoperator.evs.testing;
