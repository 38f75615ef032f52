// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1CronJob;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What Kubernetes would refuse, or take and not work with: each object against the API's own model, which knows what may and
 * must be in it, and what the objects say of one another.
 */
final class KubernetesRules {

    /** What has pods, and where it says how they are. */
    private static final Map<String, String> PODS = Map.of(
            "Deployment",
            "/spec/template",
            "StatefulSet",
            "/spec/template",
            "CronJob",
            "/spec/jobTemplate/spec/template");

    private final List<? extends JsonNode> all;
    private final JsonNode workload;
    private final JsonNode pod;
    private final JsonNode container;

    private KubernetesRules(List<? extends JsonNode> all) {
        this.all = all;
        this.workload = workload(all);
        this.pod = pod(all);
        this.container = pod.at("/spec/containers/0");
    }

    /** @throws IllegalArgumentException if there is something wrong, with what it is */
    static void check(List<? extends JsonNode> all) {
        all.forEach(KubernetesRules::checkModel);
        KubernetesRules rules = new KubernetesRules(all);
        rules.checkSelectors();
        rules.checkNames();
        rules.checkPorts();
        rules.checkKind();
    }

    static JsonNode workload(List<? extends JsonNode> all) {
        List<? extends JsonNode> found = all.stream()
                .filter(each -> PODS.containsKey(each.path("kind").asText()))
                .toList();
        require(found.size() == 1, "one workload, not " + found.size());
        return found.get(0);
    }

    /** The pod that the workload makes: its labels and its spec. */
    static JsonNode pod(List<? extends JsonNode> all) {
        JsonNode workload = workload(all);
        return workload.at(PODS.get(workload.path("kind").asText()));
    }

    /** The variables that the program sees: its settings' ConfigMap, and its container's own. */
    static Map<String, String> environment(List<? extends JsonNode> all) {
        Map<String, String> environment = new TreeMap<>();
        all.forEach(each -> each.path("data")
                .properties()
                .forEach(setting ->
                        environment.put(setting.getKey(), setting.getValue().asText())));
        pod(all).at("/spec/containers/0/env")
                .forEach(variable -> environment.put(
                        variable.path("name").asText(), variable.path("value").asText()));
        return environment;
    }

    private static void checkModel(JsonNode object) {
        String kind = object.path("kind").asText();
        JsonElement json = JsonParser.parseString(object.toString());
        try {
            switch (kind) {
                case "Deployment" -> V1Deployment.validateJsonElement(json);
                case "StatefulSet" -> V1StatefulSet.validateJsonElement(json);
                case "CronJob" -> V1CronJob.validateJsonElement(json);
                case "Service" -> V1Service.validateJsonElement(json);
                case "PodDisruptionBudget" -> V1PodDisruptionBudget.validateJsonElement(json);
                case "ConfigMap" -> V1ConfigMap.validateJsonElement(json);
                case "ServiceAccount" -> V1ServiceAccount.validateJsonElement(json);
                default -> throw new IllegalArgumentException("Unknown kind " + kind);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every selector finds the pods. */
    private void checkSelectors() {
        JsonNode labels = pod.at("/metadata/labels");
        for (JsonNode object : all) {
            JsonNode selector = object.at("/spec/selector");
            JsonNode wanted = object.path("kind").asText().equals("Service") ? selector : selector.path("matchLabels");
            requireLabels(wanted, labels, object.path("kind").asText());
        }
        for (JsonNode spread : pod.at("/spec/topologySpreadConstraints")) {
            requireLabels(spread.at("/labelSelector/matchLabels"), labels, "the spread over hosts");
        }
    }

    private static void requireLabels(JsonNode wanted, JsonNode labels, String of) {
        wanted.properties()
                .forEach(label -> require(
                        label.getValue().equals(labels.path(label.getKey())),
                        "pods with the label that " + of + " selects, " + label));
    }

    /** What the pod names is there: its volumes, its account, its settings. */
    private void checkNames() {
        Set<String> volumes = names(pod.at("/spec/volumes"), "name");
        Set<String> mounted = names(container.path("volumeMounts"), "name");
        require(volumes.equals(mounted), "volumes " + volumes + ", which are all mounted, not " + mounted);
        Set<String> variables = names(container.path("env"), "name");
        require(variables.size() == container.path("env").size(), "each variable once");
        requireObject("ServiceAccount", pod.at("/spec/serviceAccountName"));
        container.path("envFrom").forEach(from -> requireObject("ConfigMap", from.at("/configMapRef/name")));
    }

    private void checkPorts() {
        Set<String> ports = names(container.path("ports"), "name");
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            JsonNode port = container.path(probe).at("/httpGet/port");
            require(port.isMissingNode() || ports.contains(port.asText()), "a port for the " + probe);
        }
        for (JsonNode object : all) {
            object.at("/spec/ports")
                    .forEach(port -> require(
                            ports.contains(port.path("targetPort").asText()),
                            "a port for the " + object.path("kind").asText()));
        }
    }

    private void checkKind() {
        switch (workload.path("kind").asText()) {
            case "CronJob" ->
                require(
                        Set.of("Never", "OnFailure")
                                .contains(pod.at("/spec/restartPolicy").asText()),
                        "a job's restartPolicy");
            case "StatefulSet" -> {
                requireObject("Service", workload.at("/spec/serviceName"));
                require(
                        all.stream()
                                .anyMatch(each ->
                                        each.at("/spec/clusterIP").asText().equals("None")),
                        "a headless Service");
            }
            default -> {}
        }
    }

    private void requireObject(String kind, JsonNode name) {
        require(
                all.stream()
                        .anyMatch(each -> each.path("kind").asText().equals(kind)
                                && each.at("/metadata/name").equals(name)),
                "a " + kind + " " + name);
    }

    private static Set<String> names(JsonNode list, String member) {
        Set<String> names = new TreeSet<>();
        list.forEach(each -> names.add(each.path(member).asText()));
        return names;
    }

    private static void require(boolean right, String what) {
        if (!right) {
            throw new IllegalArgumentException("It needs " + what);
        }
    }
}
