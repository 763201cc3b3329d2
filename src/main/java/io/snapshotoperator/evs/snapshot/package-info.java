/**
 * The life of one snapshot: what is wished, what is known, what is seen, and what follows from them. Pure: no clock, no
 * randomness, no Kubernetes, no HTTP; time and chance are handed in. Start reading at {@link
 * io.snapshotoperator.evs.snapshot.Rules}.
 */
package io.snapshotoperator.evs.snapshot;
