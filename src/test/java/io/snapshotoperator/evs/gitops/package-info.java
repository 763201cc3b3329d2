/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Tests with GitOps tools: a real kustomize-controller of Flux, the health scripts for Argo CD in a real Lua, and the manifests
 * of {@code deploy/gitops}. Start reading at {@code FluxIT}.
 */
package io.snapshotoperator.evs.gitops;
