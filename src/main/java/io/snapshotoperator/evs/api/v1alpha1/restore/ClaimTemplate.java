/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.api.v1alpha1.restore;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.snapshotoperator.evs.api.v1alpha1.ValidationRules;

/**
 * The claim with which pods use the restored volume. Null means absent. There is no field for mount options or attributes of the
 * driver: with them, an editor of a namespace could change how a node mounts a volume.
 *
 * @param accessMode null means {@code ReadWriteOnce}
 * @param fsType null means that the driver decides
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ClaimTemplate(
        @Required
        @Size(min = 1, max = 253)
        @ValidationRule(
                value = ValidationRules.IS_OBJECT_NAME,
                message = "name is not a valid name of a PersistentVolumeClaim."
                        + " Use lower case letters, digits, - and . only.")
        @JsonPropertyDescription("The name of the claim. No claim of this name may exist in the namespace.")
        String name,

        @Required
        @Size(min = 1, max = 63)
        @JsonPropertyDescription("The CSI driver of the cluster that attaches EVS volumes: disk.csi.everest.io (CCE),"
                + " evs.csi.huaweicloud.com, cinder.csi.openstack.org, or one that the administrator of the operator"
                + " added with evs.claim.csi-drivers.")
        String driver,

        @Size(max = 253)
        @ValidationRule(
                value = "self == '' || " + ValidationRules.IS_OBJECT_NAME,
                message = "storageClassName is not a valid name of a StorageClass."
                        + " Use lower case letters, digits, - and . only.")
        @JsonPropertyDescription(
                "The StorageClass of the volume and the claim, which expansion and quotas need. It must be the one of the"
                        + " volumeClaimTemplates of a StatefulSet that is to use the claim. Default: none.")
        String storageClassName,

        @Size(max = 32)
        @ValidationRule(
                value = "self in ['ReadWriteOnce', 'ReadWriteOncePod', 'ReadOnlyMany', 'ReadWriteMany']",
                message = "accessMode is unknown. Use ReadWriteOnce, ReadWriteOncePod, ReadOnlyMany or ReadWriteMany.")
        @JsonPropertyDescription(
                "How the volume can be mounted: ReadWriteOnce, ReadWriteOncePod, ReadOnlyMany or ReadWriteMany. Default:"
                        + " ReadWriteOnce.")
        String accessMode,

        @Size(max = 32)
        @ValidationRule(
                value = "self in ['ext3', 'ext4', 'xfs']",
                message = "fsType is unknown. Use ext3, ext4 or xfs.")
        @JsonPropertyDescription("The file system on the volume: ext3, ext4 or xfs. Default: the driver decides.")
        String fsType) {}
