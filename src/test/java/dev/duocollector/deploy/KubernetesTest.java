// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The overlays of {@code src/deploy/kubernetes}: each is what the API takes, and a mistake is refused. KustomizationTest holds
 * what is tested here against what kustomize makes of them.
 */
class KubernetesTest {

    /** How long a page in hand may take, with room for the end of the program. */
    private static final int STOP_SECONDS_MIN = 45 + 10;

    private static final String LIVE = "/observe/health/live";
    private static final String READY = "/observe/health/ready";

    @TempDir
    Path folder;

    private Manifests manifests;

    @BeforeEach
    void copy() {
        manifests = Manifests.copyTo(folder);
    }

    static List<String> overlays() {
        return Manifests.folders("overlays");
    }

    @ParameterizedTest
    @CsvSource({
        "service, ServiceAccount Deployment ConfigMap",
        "job, ServiceAccount CronJob ConfigMap",
        "shards, ServiceAccount StatefulSet Service PodDisruptionBudget ConfigMap",
        "cluster, ServiceAccount Deployment PodDisruptionBudget ConfigMap"
    })
    void overlay_isWhatTheApiTakes(String overlay, String kinds) {
        List<ObjectNode> all = manifests.render(overlay);

        KubernetesRules.check(all);
        assertThat(all.stream().map(each -> each.path("kind").asText())).containsExactlyInAnyOrder(kinds.split(" "));
        assertThat(all).allMatch(each -> each.at("/metadata/namespace").asText().equals("duo-telephony"));
    }

    @Test
    void everyOverlay_isNamedInTheReadme_andTested() {
        String readme = PolicyFiles.read(Manifests.FOLDER.resolve("README.md"));

        assertThat(overlays())
                .containsExactlyInAnyOrder("service", "job", "shards", "cluster")
                .allMatch(overlay -> readme.contains("`overlays/" + overlay + "`"));
        assertThat(Manifests.folders("components")).containsAll(overlays());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            service | components/service/deployment.yaml       | replicas: 1                   | replica: 1                      | replica
            service | components/service/deployment.yaml       | selector:                     | selectors:                      | selectors
            service | components/service/deployment.yaml       | name: duo-telephony-collector | name: collector                 | pods with the label that Deployment selects
            service | components/service/kustomization.yaml    | - spec.template               | - spec.pod                      | pod
            service | components/service/kustomization.yaml    | kind: Deployment              | kind: StatefulSet               | StatefulSet
            service | components/service/kustomization.yaml    | replacements:                 | replacement:                    | replacement
            service | base/pod.yaml                            | readOnlyRootFilesystem:       | readOnlyRootFileSystem:         | readOnlyRootFileSystem
            service | base/pod.yaml                            | containerPort: 9876           | port: 9876                      | port
            service | base/pod.yaml                            | port: observe                 | port: observed                  | a port for the startupProbe
            service | base/pod.yaml                            | - name: skey\\n            m | - name: sky\\n            m    | volumes
            service | base/pod.yaml                            | serviceAccountName: duo       | serviceAccountName: duo2        | a ServiceAccount
            service | base/account.yaml                        | automountServiceAccount       | automountServiceAccounts        | automountServiceAccounts
            service | base/kustomization.yaml                  | name: duo-telephony-collector | name: settings                  | ConfigMap
            job     | components/job/cronjob.yaml              | concurrencyPolicy:            | concurrency:                    | concurrency
            job     | components/job/cronjob.yaml              | schedule: "7 * * * *"         | timetable: hourly               | timetable
            job     | components/job/pod.yaml                  | args: ["once"]                | args: ["once"                   | args
            job     | components/job/pod.yaml                  | restartPolicy: Never          | activeDeadlineSeconds: 9        | restartPolicy
            job     | components/job/pod.yaml                  | name: OBSERVE_HOST            | name: OBSERVED_HOST             | nothing to delete
            shards  | components/shards/statefulset.yaml       | podManagementPolicy:          | podManagement:                  | podManagement
            shards  | components/shards/statefulset.yaml       | serviceName: duo              | serviceName: duo2               | a Service
            shards  | components/shards/statefulset.yaml       | clusterIP: None               | type: ClusterIP                 | a headless Service
            shards  | components/shards/statefulset.yaml       | targetPort: observe           | targetPort: metrics             | a port for the Service
            shards  | components/shards/pod.yaml               | kind: PodTemplate             | kind: Pod                       | There is no
            shards  | components/shards/pod.yaml               | name: STREAMS_SHARD           | name: STREAM_SHARD              | STREAMS_SHARD
            shards  | components/several-pods/disruption.yaml  | maxUnavailable: 1             | maxUnavailability: 1            | maxUnavailability
            shards  | components/several-pods/pod.yaml         | whenUnsatisfiable:            | ifUnsatisfiable:                | ifUnsatisfiable
            shards  | components/several-pods/pod.yaml         | io/name: duo-telephony        | io/name: duo-telepathy          | the spread over hosts
            cluster | components/cluster/pod.yaml              | - name: cluster\\n            m | - name: db\\n            m   | volumes
            cluster | components/cluster/deployment.yaml       | maxSurge: 1                   | maxSurges: 1                    | maxSurges
            """)
    void aBrokenManifest_isRefused(String overlay, String file, String right, String wrong, String said) {
        KubernetesRules.check(manifests.render(overlay));

        manifests.change(file, right, wrong);

        assertThatThrownBy(() -> KubernetesRules.check(manifests.render(overlay)))
                .hasMessageContaining(said);
    }

    @ParameterizedTest
    @CsvSource({"service, run", "job, once", "shards, run", "cluster, run"})
    void pod_hasNoRights_andIsAskedToStop(String overlay, String command) {
        JsonNode pod = KubernetesRules.pod(manifests.render(overlay)).path("spec");
        JsonNode container = pod.at("/containers/0");

        assertThat(container.path("args"))
                .singleElement()
                .satisfies(each -> assertThat(each.asText()).isEqualTo(command));
        assertThat(container.has("command")).as("it starts what the image does").isFalse();
        assertThat(container.path("image").asText()).matches(".+:\\d[\\w.-]*");
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
                .isFalse();
        assertThat(container.at("/securityContext/capabilities/drop"))
                .singleElement()
                .satisfies(each -> assertThat(each.asText()).isEqualTo("ALL"));
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isGreaterThanOrEqualTo(STOP_SECONDS_MIN);
        assertThat(KubernetesRules.environment(manifests.render(overlay))).containsEntry("LANG", "C.UTF-8");
    }

    /** One account, many, and the database's password: each secret is a folder, where the settings look for it. */
    @ParameterizedTest
    @MethodSource("overlays")
    void pod_hasItsSecretsAsFolders_whereTheSettingsLookForThem(String overlay) {
        JsonNode pod = KubernetesRules.pod(manifests.render(overlay)).path("spec");
        Map<String, String> secrets = new TreeMap<>();
        for (JsonNode volume : pod.path("volumes")) {
            if (volume.has("secret")) {
                String secret = volume.at("/secret/secretName").asText();
                assertThat(volume.at("/secret/optional").asBoolean())
                        .as(secret)
                        .isEqualTo(!secret.equals("duo-cluster"));
                secrets.put(volume.path("name").asText(), secret);
            }
        }
        Map<String, String> folders = new TreeMap<>();
        for (JsonNode mount : pod.at("/containers/0/volumeMounts")) {
            String secret = secrets.get(mount.path("name").asText());
            if (secret != null) {
                assertThat(mount.path("readOnly").asBoolean()).as(secret).isTrue();
                assertThat(mount.has("subPath")).as(secret).isFalse();
                folders.put(secret, mount.path("mountPath").asText());
            }
        }
        Map<String, String> environment = KubernetesRules.environment(manifests.render(overlay));

        assertThat(environment).doesNotContainKeys("DUO_SKEY", "CLUSTER_PASSWORD");
        assertThat(folders)
                .hasSize(overlay.equals("cluster") ? 3 : 2)
                .containsEntry("duo-telephony-collector", "/etc/duo-telephony-collector")
                .containsEntry("duo-accounts", "/etc/duo-accounts");
        if (overlay.equals("service") || overlay.equals("job")) {
            assertThat(environment)
                    .containsEntry("DUO_SKEY_FILE", folders.get("duo-telephony-collector") + "/skey")
                    .doesNotContainKey("DUO_ACCOUNTS");
        } else {
            assertThat(environment)
                    .containsEntry("DUO_ACCOUNTS", folders.get("duo-accounts"))
                    .doesNotContainKey("DUO_API_HOST");
        }
        if (overlay.equals("cluster")) {
            assertThat(environment)
                    .containsEntry("CLUSTER_PASSWORD_FILE", folders.get("duo-cluster") + "/password")
                    .containsKeys("CLUSTER_JDBC_URL", "CLUSTER_USER");
        }
    }

    /** The health is shown on the loopback address by default, where no probe gets. Several pods: one wrong key stops no update. */
    @ParameterizedTest
    @CsvSource({"service, " + READY, "shards, " + LIVE, "cluster, " + LIVE})
    void pod_isProbedWhereItsHealthIsShown(String overlay, String ready) {
        JsonNode container = KubernetesRules.pod(manifests.render(overlay)).at("/spec/containers/0");

        assertThat(KubernetesRules.environment(manifests.render(overlay))).containsEntry("OBSERVE_HOST", "0.0.0.0");
        assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo(LIVE);
        assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo(LIVE);
        assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo(ready);
    }

    @Test
    void job_opensNoPort_andLeavesItsFigures() {
        List<ObjectNode> all = manifests.render("job");

        assertThat(all.toString()).doesNotContain("Probe").doesNotContain("containerPort");
        assertThat(KubernetesRules.environment(all)).doesNotContainKey("OBSERVE_HOST");
        assertThat(KubernetesRules.environment(all).get("METRICS_PUSH")).startsWith("http://");
        assertThat(KubernetesRules.environment(manifests.render("service")))
                .as("shows them itself")
                .doesNotContainKey("METRICS_PUSH");
        assertThat(KubernetesRules.workload(all).at("/spec/concurrencyPolicy").asText())
                .isEqualTo("Forbid");
    }

    @Test
    void service_isOnePod_andTheOldOneEndsFirst() {
        JsonNode workload = KubernetesRules.workload(manifests.render("service"));

        assertThat(workload.at("/spec/replicas").asInt()).isEqualTo(1);
        assertThat(workload.at("/spec/strategy/type").asText()).isEqualTo("Recreate");
    }

    /** They go one at a time; and on a single host, they run nevertheless. */
    @ParameterizedTest
    @CsvSource({"shards, updateStrategy", "cluster, strategy"})
    void severalPods_areSpread_andGoOneAtATime(String overlay, String strategy) {
        List<ObjectNode> all = manifests.render(overlay);
        JsonNode workload = KubernetesRules.workload(all);
        JsonNode pod = KubernetesRules.pod(all).path("spec");

        assertThat(workload.at("/spec/replicas").asInt()).isEqualTo(3);
        assertThat(workload.at("/spec/" + strategy + "/type").asText()).isEqualTo("RollingUpdate");
        assertThat(all.stream().map(each -> each.at("/spec/maxUnavailable")).filter(JsonNode::isInt))
                .singleElement()
                .satisfies(number -> assertThat(number.asInt()).isEqualTo(1));
        assertThat(pod.has("affinity")).isFalse();
        assertThat(pod.path("topologySpreadConstraints")).singleElement().satisfies(spread -> {
            assertThat(spread.path("topologyKey").asText()).isEqualTo("kubernetes.io/hostname");
            assertThat(spread.path("whenUnsatisfiable").asText()).isEqualTo("ScheduleAnyway");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 1000})
    void shards_areAsManyAsPods(int pods) {
        manifests.change("overlays/shards/kustomization.yaml", "count: 3", "count: " + pods);

        assertThat(isOneShardAPod(manifests.render("shards"))).isTrue();
        assertThat(KubernetesRules.environment(manifests.render("shards")))
                .containsEntry("STREAMS_SHARD", "auto/" + pods);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            the number is not handed on  | overlays/shards/kustomization.yaml | fieldPath: spec.replicas | fieldPath: spec.minReadySeconds
            the other half is replaced   | overlays/shards/kustomization.yaml | index: 1                 | index: 0
            """)
    void shards_thatAreNotAsManyAsPods_areNoticed(String what, String file, String right, String wrong) {
        assertThat(isOneShardAPod(manifests.render("shards"))).isTrue();

        manifests.change(file, right, wrong);

        assertThat(isOneShardAPod(manifests.render("shards"))).as(what).isFalse();
    }

    private static boolean isOneShardAPod(List<ObjectNode> all) {
        String replicas = KubernetesRules.workload(all).at("/spec/replicas").asText();
        return ("auto/" + replicas).equals(KubernetesRules.environment(all).get("STREAMS_SHARD"));
    }
}
