/**
 * What we tell people: reasons, sentences and conditions, and how a new verdict is merged with what was written before.
 * Pure; may use fabric8's model types, never its client. Start reading at {@link
 * io.snapshotoperator.evs.status.Reason}.
 */
package io.snapshotoperator.evs.status;
