/* SPDX-License-Identifier: Apache-2.0 */
package io.snapshotoperator.evs.gitops;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LoadState;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.compiler.LuaC;
import org.luaj.vm2.lib.PackageLib;
import org.luaj.vm2.lib.TableLib;
import org.luaj.vm2.lib.jse.JseBaseLib;

/**
 * Judges objects as Argo CD does with the health scripts of {@code deploy/gitops/argocd}: argo-cd 37ee009, {@code
 * gitops-engine/pkg/health/health.go} (GetResourceHealth) and {@code util/lua/lua.go} (VM). Lua is the real one, with the
 * libraries that Argo CD opens, except its reduced {@code os}.
 */
final class ArgoHealth {
    static final Path PATCH = Path.of("deploy", "gitops", "argocd", "argocd-cm.yaml");

    /** The words that a script may return: health.go. */
    private static final Set<String> WORDS =
            Set.of("Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown");

    private final Map<String, String> scripts;

    /** The health of one object. */
    record Health(String status, String message) {}

    private ArgoHealth(Map<String, String> data) {
        this.scripts = Map.copyOf(data);
    }

    static ArgoHealth ofPatch() {
        try {
            return ofData(Serialization.unmarshal(Files.readString(PATCH), ConfigMap.class)
                    .getData());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param data the data of the ConfigMap argocd-cm */
    static ArgoHealth ofData(Map<String, String> data) {
        return new ArgoHealth(data);
    }

    Health of(JsonNode object) {
        if (object.path("metadata").hasNonNull("deletionTimestamp")) {
            return new Health("Progressing", "Pending deletion");
        }
        var result = run(script(object), object);
        if (!result.istable()) {
            throw new IllegalStateException("the script returned no table: " + result);
        }
        var status = result.get("status").checkjstring();
        if (!WORDS.contains(status)) {
            throw new IllegalStateException("the script returned the unknown status " + status);
        }
        return new Health(status, result.get("message").checkjstring());
    }

    private String script(JsonNode object) {
        var group = object.path("apiVersion").asText().replaceAll("/.*", "");
        var key = "resource.customizations.health." + group + "_"
                + object.path("kind").asText();
        if (!scripts.containsKey(key)) {
            throw new IllegalStateException("there is no script " + key);
        }
        return scripts.get(key);
    }

    private static LuaValue run(String script, JsonNode object) {
        var globals = new Globals();
        globals.load(new JseBaseLib());
        globals.load(new PackageLib());
        globals.load(new TableLib());
        LoadState.install(globals);
        LuaC.install(globals);
        globals.set("obj", lua(object));
        return globals.load(script, "health").call();
    }

    private static LuaValue lua(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                var table = new LuaTable();
                node.properties().forEach(field -> table.set(field.getKey(), lua(field.getValue())));
                yield table;
            }
            case ARRAY -> {
                var table = new LuaTable();
                for (var i = 0; i < node.size(); i++) {
                    table.set(i + 1, lua(node.get(i)));
                }
                yield table;
            }
            case NUMBER -> LuaValue.valueOf(node.asDouble());
            case BOOLEAN -> LuaValue.valueOf(node.asBoolean());
            case STRING -> LuaValue.valueOf(node.asText());
            case NULL, MISSING -> LuaValue.NIL;
            case BINARY, POJO -> throw new IllegalArgumentException("not JSON: " + node);
        };
    }
}
