/**
 * The demo, {@code mvn -Pdemo}. It runs the samples of {@code deploy/samples} on a Kubernetes API and the simulator, prints
 * each change, and compares the results with the expectations. Start reading at {@link io.snapshotoperator.evs.demo.Demo}.
 */
package io.snapshotoperator.evs.demo;
