/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The campaign recognizes boundaries, objects and create ids in the requests that the operator sends. */
class ExchangeTest {
    private static final String REQUEST =
            "/apis/evs.snapshot-operator.io/v1alpha1/namespaces/shop/volumesnapshotrequests/nightly";
    private static final String RESTORE =
            "/apis/evs.snapshot-operator.io/v1alpha1/namespaces/shop/volumesnapshotrestores/back";

    private static Exchange kubernetes(String method, String path, String body) {
        return exchange(Link.KUBERNETES, method, path, body);
    }

    private static Exchange exchange(Link link, String method, String path, String body) {
        return new Exchange(link, method, path, JsonBody.ofRequest(body.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"""
                [{"op":"add","path":"/metadata/annotations","value":{"team":"db",
                  "evs.snapshot-operator.io/create-intent":"{\\"uid\\":\\"u\\",\\"createId\\":\\"create-1\\"}"}},
                 {"op":"add","path":"/metadata/finalizers","value":["evs.snapshot-operator.io/snapshot"]}]""", """
                [{"op":"replace","path":"/metadata/annotations/evs.snapshot-operator.io~1create-intent",
                  "value":"{\\"replacedCreateId\\":\\"create-0\\",\\"createId\\":\\"create-1\\"}"}]"""})
    void findsCreateIdInPatchOfCreateIntent(String patch) {
        var exchange = kubernetes("PATCH", REQUEST, patch);
        assertThat(Boundary.of(exchange)).contains(Boundary.INTENT);
        assertThat(exchange.intendedCreateId()).contains("create-1");
        assertThat(exchange.objectName()).contains("nightly");
    }

    @Test
    void findsNoCreateIdInUnreadableIntent() {
        var patch = """
                [{"op":"replace","path":"/metadata/annotations/evs.snapshot-operator.io~1create-intent",
                  "value":"edited by hand"}]""";
        assertThat(kubernetes("PATCH", REQUEST, patch).intendedCreateId()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "STATUS_ID        | [{'op':'add','path':'/status/snapshotId','value':'s-1'}]",
                "STATUS_ID        | [{'op':'add','path':'/status','value':{'snapshotId':'s-1'}}]",
                "STATUS_AVAILABLE | [{'op':'replace','path':'/status/snapshotStatus','value':'available'}]",
                "STATUS_OTHER     | [{'op':'replace','path':'/status/snapshotStatus','value':'creating'}]",
                "STATUS_OTHER     | [{'op':'add','path':'/status/failedAttempts','value':[]}]"
            })
    void recognizesStatusPatches(Boundary expected, String patch) {
        assertThat(Boundary.of(kubernetes("PATCH", REQUEST + "/status", patch.replace('\'', '"'))))
                .contains(expected);
    }

    @ParameterizedTest
    @CsvSource({"add, FINALIZER_ON", "remove, FINALIZER_OFF"})
    void recognizesPatchesOfFinalizer(String operation, Boundary expected) {
        var patch = "[{\"op\":\"" + operation + "\",\"path\":\"/metadata/finalizers/0\"}]";
        assertThat(Boundary.of(kubernetes("PATCH", REQUEST, patch))).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/volumesnapshotrequests?limit=25, true",
        "/volumesnapshotrequests?limit=25&continue=abc, false",
        "/volumesnapshotrequests?limit=1, false",
        "/volumesnapshotrequests/nightly, false"
    })
    void recognizesFirstPageOfAllRequests(String path, boolean expected) {
        var exchange = Exchange.withoutBody(Link.KUBERNETES, "GET", "/apis/evs.snapshot-operator.io/v1alpha1" + path);
        assertThat(exchange.startsListOfRequests()).isEqualTo(expected);
    }

    @Test
    void recognizesFailedAttemptInStatusPatch() {
        var member = "[{\"op\":\"add\",\"path\":\"/status/failedAttempts/0\",\"value\":{}}]";
        var whole = "[{\"op\":\"add\",\"path\":\"/status\",\"value\":{\"failedAttempts\":[]}}]";
        var other = "[{\"op\":\"add\",\"path\":\"/status/snapshotId\",\"value\":\"/status/failedAttempts\"}]";
        assertThat(kubernetes("PATCH", REQUEST + "/status", member).recordsFailedAttempt())
                .isTrue();
        assertThat(kubernetes("PATCH", REQUEST + "/status", whole).recordsFailedAttempt())
                .isTrue();
        assertThat(kubernetes("PATCH", REQUEST + "/status", other).recordsFailedAttempt())
                .isFalse();
    }

    @Test
    void findsObjectOfEventAndOfCreateRequest() {
        var event = kubernetes(
                "POST",
                "/api/v1/namespaces/shop/events",
                "{\"metadata\":{\"name\":\"e\"},\"involvedObject\":{\"kind\":\"K\",\"name\":\"nightly\"}}");
        assertThat(Boundary.of(event)).contains(Boundary.EVENT);
        assertThat(event.objectName()).contains("nightly");
        var create = exchange(
                Link.CLOUD,
                "POST",
                "/v2/p/cloudsnapshots",
                "{\"snapshot\":{\"name\":\"x\",\"metadata\":{\"evs-snapshot-operator.name\":\"nightly\"}}}");
        assertThat(Boundary.of(create)).contains(Boundary.CREATE);
        assertThat(create.objectName()).contains("nightly");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RESTORE_STATUS_JOB    | [{'op':'add','path':'/status/jobId','value':'j-1'}]",
                "RESTORE_STATUS_JOB    | [{'op':'add','path':'/status','value':{'jobId':'j-1','snapshotId':'s-1'}}]",
                "RESTORE_STATUS_VOLUME | [{'op':'remove','path':'/status/jobId'},"
                        + "{'op':'add','path':'/status/volumeId','value':'v-1'}]",
                "RESTORE_STATUS_OTHER  | [{'op':'remove','path':'/status/jobId'}]",
                "RESTORE_STATUS_OTHER  | [{'op':'replace','path':'/status/volumeStatus','value':'available'}]"
            })
    void recognizesStatusPatchesOfRestores(Boundary expected, String patch) {
        var exchange = kubernetes("PATCH", RESTORE + "/status", patch.replace('\'', '"'));
        assertThat(Boundary.of(exchange)).contains(expected);
        assertThat(exchange.objectName()).contains("back");
    }

    @Test
    void recognizesIntentAndFinalizerOfRestores() {
        var intent = """
                [{"op":"add","path":"/metadata/annotations","value":{
                  "evs.snapshot-operator.io/create-intent":"{\\"createId\\":\\"create-1\\"}"}}]""";
        assertThat(Boundary.of(kubernetes("PATCH", RESTORE, intent))).contains(Boundary.RESTORE_INTENT);
        var removal = "[{\"op\":\"remove\",\"path\":\"/metadata/finalizers/0\"}]";
        assertThat(Boundary.of(kubernetes("PATCH", RESTORE, removal))).contains(Boundary.RESTORE_FINALIZER_OFF);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v2/p/cloudvolumes, DISK_CREATE",
        "GET, /v2/p/cloudvolumes/detail?status=creating, DISK_LIST",
        "GET, /v2/p/cloudvolumes/v-1, DISK_GET",
        "DELETE, /v2/p/cloudvolumes/v-1, DISK_DELETE",
        "GET, /v1/p/jobs/j-1, JOB_GET",
        "GET, /v2/p/cloudsnapshots/detail?volume_id=v-1, SEARCH"
    })
    void recognizesCallsAboutVolumesAndJobs(String method, String path, Boundary expected) {
        var body = "{\"volume\":{\"metadata\":{\"evs-snapshot-operator.name\":\"back\"}}}";
        var call = exchange(Link.CLOUD, method, path, method.equals("POST") ? body : "");
        assertThat(Boundary.of(call)).contains(expected);
        assertThat(call.objectName().isPresent()).isEqualTo(method.equals("POST"));
    }

    @Test
    void rejectsRequestBodyThatIsNotJson() {
        assertThatThrownBy(() -> kubernetes("PATCH", REQUEST, "no JSON"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no JSON");
    }
}
