/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Covers what the control API rejects. It must ignore nothing, because a test that sets nothing proves nothing. */
class SimulatorControlTest {

    private final EvsSimulator simulator = EvsSimulator.start(SimulatorSettings.builder()
            .volume(Volume.inUse("v-1"))
            .snapshot(InitialSnapshot.parse("s-1,disk=v-1"))
            .build());

    private final Caller caller = new Caller(simulator);

    @AfterEach
    void stop() {
        simulator.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "POST | disks | | The body must be a JSON object.",
                "POST | disks | [] | The body must be a JSON object.",
                "POST | disks | {\"id\":\"v-2\" | The body must be a JSON object: ",
                "POST | disks | {\"id\":\"v-2\"} x | The body must be a JSON object: ",
                "POST | disks | {\"id\":\"v-2\",\"id\":\"v-3\"} | The body must be a JSON object: ",
                "POST | disks | {} | The member 'id' must be a text.",
                "POST | disks | {\"id\":\" \"} | The member 'id' must contain 1 to 64 letters",
                "POST | disks | {\"id\":2} | The member 'id' must be a text.",
                "POST | disks | {\"id\":\"v-2\",\"colour\":\"red\"} | The body must not have the member 'colour'. Its members are [id, size,",
                "POST | disks | {\"id\":\"v-2\",\"size\":\"40\"} | The member 'size' must be a whole number.",
                "POST | disks | {\"id\":\"v-2\",\"size\":1.5} | The member 'size' must be a whole number.",
                "POST | disks | {\"id\":\"v-2\",\"size\":4294967297} | The member 'size' must be a whole number.",
                "POST | disks | {\"id\":\"v-2\",\"size\":-1} | The size of a volume must be from 1 to 32768, but is -1.",
                "POST | disks | {\"id\":\"v-2\",\"status\":true} | The member 'status' must be a text.",
                "POST | disks | {\"id\":\"v-2\",\"takes\":\"-1s\"} | A duration must have a form like",
                "POST | disks | {\"id\":\"v-2\",\"takes\":10} | The member 'takes' must be a text.",
                "POST | disks | {\"id\":\"v-2\",\"projectId\":\"p-2\"} | The volume v-2 must be in a project of the account,",
                "PUT | disks/v-1 | {\"id\":\"v-1\"} | The body must not have the member 'id'.",
                "POST | snapshots | {\"volumeId\":\"v-1\",\"metadata\":[]} | The member 'metadata' must be an object of texts.",
                "POST | snapshots | {\"volumeId\":\"v-1\",\"metadata\":{\"a\":1}} | The member 'metadata' must be an object of texts.",
                "PUT | snapshots/s-1 | {\"name\":\"x\",\"status\":\"\"} | The member 'status' must be one word of lower-case letters",
                "POST | faults | {} | The member 'fault' must be a text.",
                "POST | faults | {\"fault\":\"NONE\"} | There is no fault 'NONE'. The faults are [ANSWER_LOST_BEFORE_ACTING,",
                "POST | faults | {\"fault\":\"QUOTA\",\"typo\":1} | The body must not have the member 'typo'.",
                "POST | faults | {\"fault\":\"QUOTA\",\"times\":\"2\"} | The member 'times' must be a whole number.",
                "POST | faults | {\"fault\":\"QUOTA\",\"times\":0} | times must be at least 1, or -1 for until removed, but is 0.",
                "POST | faults | {\"fault\":\"QUOTA\",\"fromCall\":0} | fromCall must be at least 1, but is 0.",
                "POST | faults | {\"fault\":\"QUOTA\",\"operations\":\"CREATE\"} | The member 'operations' must be a list of texts.",
                "POST | faults | {\"fault\":\"QUOTA\",\"operations\":[\"NONE\"]} | There is no operation 'NONE'.",
                "POST | faults | {\"fault\":\"STUCK_CREATING\",\"operations\":[\"GET\"]} | STUCK_CREATING has no effect on GET. It affects [CREATE, DISK_CREATE].",
                "POST | faults | {\"fault\":\"SERVER_ERROR\",\"status\":99} | status must be from 200 to 599, but is 99.",
                "POST | faults | {\"fault\":\"THROTTLED\",\"retryAfterAsDate\":\"yes\"} | The member 'retryAfterAsDate' must be true or false.",
                "POST | faults | {\"fault\":\"PAGE_HINTS_MISSING\",\"text\":\"all\"} | The text of PAGE_HINTS_MISSING must be count or next",
                "POST | faults | {\"fault\":\"JOB_FORGOTTEN\",\"operations\":[\"CREATE\"]} | JOB_FORGOTTEN has no effect on CREATE.",
                "POST | faults | {\"fault\":\"SNAPSHOT_ENDS_IN_ERROR\",\"operations\":[\"DISK_CREATE\"]} | SNAPSHOT_ENDS_IN_ERROR has no effect on DISK_CREATE. It affects [CREATE].",
                "PUT | disks/v-1 | {\"metadata\":{\"a\":1}} | The member 'metadata' must be an object of texts.",
                "POST | clock | {\"advance\":\"99999h\"} | A duration must be at most 87600h",
                "POST | clock | {} | The member 'advance' must be a text.",
                "PUT | credentials | {} | The body must have a password, or an accessKey and a secretKey.",
                "PUT | credentials | {\"secretKey\":\"x\"} | The member 'accessKey' must be a text.",
                "PUT | credentials | {\"password\":\" \"} | password must not be blank.",
                "DELETE | faults | {\"id\":1} | The call must not have a body.",
                "GET | ledger?acted=true&acted=false | | The call must have each query parameter once.",
                "GET | ledger?acted=maybe | | acted must be true or false, but is 'maybe'.",
                "GET | ledger?operations=CREATE | | The call has no query parameter 'operations'.",
                "GET | disks?id=v-1 | | The call has no query parameter 'id'."
            })
    void rejectsInvalidCallWithSentence(String method, String path, String body, String sentence) {
        var response = body == null
                ? caller.send(method, "/simulator/" + path)
                : caller.send(method, "/simulator/" + path, body);
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.at("/problem").asText()).startsWith(sentence);
        assertThat(simulator.volumes().all())
                .containsExactly(simulator.volumes().find("v-1").orElseThrow());
        assertThat(simulator.snapshots().find("s-1").orElseThrow().name()).isNull();
        assertThat(simulator.faults().registered()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, ledgers, 404",
        "GET, disks/v-1/x, 404",
        "DELETE, disks/v-2, 404",
        "DELETE, faults/1, 404",
        "DELETE, jobs?id=unknown, 404",
        "DELETE, faults/all, 404",
        "PUT, snapshots/s-2, 404",
        "DELETE, summary, 405",
        "PATCH, disks/v-1, 405"
    })
    void rejectsUnknownPathMethodAndId(String method, String path, int status) {
        var body = "PUT".equals(method) ? new String[] {"{}"} : new String[0];
        var response = caller.send(method, "/simulator/" + path, body);
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.at("/problem").asText()).isNotEmpty();
    }

    @Test
    void changesNothingIfMetadataIsCopiedFromUnknownSnapshot() {
        var body = "{\"metadata\":{\"a\":\"b\"},\"copyMetadataFrom\":\"s-2\"}";
        assertThat(caller.send("PUT", "/simulator/snapshots/s-1", body).status())
                .isEqualTo(404);
        assertThat(simulator.snapshots().find("s-1").orElseThrow().metadata()).isEmpty();
    }

    @Test
    void rejectsSecondVolumeOfSameId() {
        var response = caller.send("POST", "/simulator/disks", "{\"id\":\"v-1\"}");
        assertThat(response.status()).isEqualTo(409);
        assertThat(response.at("/problem").asText()).isEqualTo("There is a volume v-1 already. Change it with PUT.");
    }
}
