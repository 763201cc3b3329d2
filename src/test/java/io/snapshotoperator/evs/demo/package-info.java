/**
 * The demo, {@code mvn -Pdemo}: the samples of {@code deploy/samples} on a Kubernetes API and the simulator, watched live
 * and held to what each promises. May use anything that tests may. Start reading at {@link
 * io.snapshotoperator.evs.demo.Demo}.
 */
package io.snapshotoperator.evs.demo;
