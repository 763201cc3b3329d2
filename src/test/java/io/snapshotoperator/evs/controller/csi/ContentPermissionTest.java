/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.controller.csi;

import static org.assertj.core.api.Assertions.assertThat;

import io.snapshotoperator.evs.api.v1alpha1.Api;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatus;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotContentStatusBuilder;
import io.snapshotoperator.evs.api.v1alpha1.request.SnapshotSource;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequest;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestSpec;
import io.snapshotoperator.evs.api.v1alpha1.request.VolumeSnapshotRequestStatusBuilder;
import io.snapshotoperator.evs.condition.Verdict;
import io.snapshotoperator.evs.controller.CreateIntentJson;
import io.snapshotoperator.evs.controller.Requests;
import io.snapshotoperator.evs.controller.ScriptedClient;
import io.snapshotoperator.evs.csi.ContentAdmission;
import io.snapshotoperator.evs.csi.ContentAdmission.DriverLocation;
import io.snapshotoperator.evs.csi.ContentReason;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContentPermissionTest {
    private static final ContentAdmission UNPROVEN = refused(ContentReason.ContentSourceUnproven);

    private static ContentAdmission refused(ContentReason reason) {
        return new ContentAdmission.Refused(Verdict.of(reason));
    }

    private static ContentAdmission check(VolumeSnapshotRequest request, String... rawIdNamespaces) {
        return new ContentPermission(true, Set.of(rawIdNamespaces), () -> new DriverLocation.At(ScriptedClient.HERE))
                .check(request);
    }

    private static void setIntent(VolumeSnapshotRequest request, String text) {
        request.getMetadata().setAnnotations(Map.of(Api.CREATE_INTENT, text));
    }

    private static void setStatus(VolumeSnapshotRequest request, VolumeSnapshotRequestStatusBuilder status) {
        request.setStatus(status.build());
    }

    @Test
    void allowsReadyRequest() {
        assertThat(check(ReadyRequest.of(Requests.newRequest()), "*")).isInstanceOf(ContentAdmission.Allowed.class);
    }

    @Test
    void allowsIdsOnlyInNamedNamespaces() {
        var request = ReadyRequest.of(Requests.newRequest());

        assertThat(check(request, "shop")).isInstanceOf(ContentAdmission.Allowed.class);
        assertThat(check(request, "other")).isEqualTo(refused(ContentReason.ContentSourceNotAllowed));
        request.setSpec(VolumeSnapshotRequestSpec.of(SnapshotSource.ofClaim("data")));
        assertThat(check(request, "other")).isInstanceOf(ContentAdmission.Allowed.class);
    }

    @Test
    void refusesRequestThatIsNotReady() {
        var request = ReadyRequest.of(Requests.newRequest());
        setStatus(request, ReadyRequest.status("False"));

        assertThat(check(request, "*")).isEqualTo(refused(ContentReason.SnapshotNotReady));
    }

    /** A restored object has the annotation and the status of the old one, and a new UID. */
    @Test
    void refusesStatusThatCanBeOfAnotherObject() {
        var request = ReadyRequest.of(Requests.newRequest());
        var intentOfOther = CreateIntentJson.write(Requests.firstIntent()).replace("uid-1", "uid-2");

        request.getMetadata().setAnnotations(null);
        assertThat(check(request, "*")).isEqualTo(UNPROVEN);
        setIntent(request, intentOfOther);
        assertThat(check(request, "*")).isEqualTo(UNPROVEN);
        setIntent(request, "{");
        assertThat(check(request, "*")).isEqualTo(UNPROVEN);
        setStatus(request, ReadyRequest.status("True").volumeSnapshotContent(content("evs-uid-2-1")));
        assertThat(check(request, "*")).isEqualTo(UNPROVEN);
    }

    /** GitOps tools that replace objects remove the annotation, and leave the status. */
    @Test
    void allowsRequestWithoutIntentThatHadContent() {
        var request = ReadyRequest.of(Requests.newRequest());
        request.getMetadata().setAnnotations(null);
        setStatus(request, ReadyRequest.status("True").volumeSnapshotContent(content("evs-uid-1-1")));

        assertThat(check(request, "*")).isInstanceOf(ContentAdmission.Allowed.class);
    }

    @Test
    void allowsImportOfTheSnapshotThatItNames() {
        var request = ReadyRequest.of(Requests.newRequest());
        request.getMetadata().setAnnotations(null);

        request.setSpec(VolumeSnapshotRequestSpec.of(SnapshotSource.ofSnapshot(ReadyRequest.SNAPSHOT)));
        assertThat(check(request, "*")).isInstanceOf(ContentAdmission.Allowed.class);
        request.setSpec(VolumeSnapshotRequestSpec.of(SnapshotSource.ofSnapshot("another")));
        assertThat(check(request, "*")).isEqualTo(UNPROVEN);
    }

    private static SnapshotContentStatus content(String name) {
        return SnapshotContentStatusBuilder.builder()
                .name(name)
                .reason("ContentBound")
                .message("")
                .build();
    }
}
