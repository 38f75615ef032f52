// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A GitHub workflow, parsed and checked. No linter of GitHub's is there for the JVM: a key that is not listed here is refused,
 * and so is what would fail only on GitHub, such as a script, profile or artifact that is not there.
 *
 * @param permissions what each job may do: its own permissions, or the workflow's
 */
record Workflow(Map<String, Map<String, String>> permissions) {

    static final Path FOLDER = Path.of(".github", "workflows");

    private static final Set<String> WORKFLOW_KEYS = Set.of("name", "on", "permissions", "env", "concurrency", "jobs");
    private static final Set<String> JOB_KEYS =
            Set.of("needs", "environment", "runs-on", "timeout-minutes", "permissions", "strategy", "steps");
    private static final Set<String> STEP_KEYS = Set.of("name", "id", "env", "uses", "with", "run");

    /** https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#permissions (read 2026-11-27). */
    private static final Set<String> SCOPES = Set.of(
            "actions",
            "attestations",
            "checks",
            "contents",
            "deployments",
            "discussions",
            "id-token",
            "issues",
            "packages",
            "pages",
            "pull-requests",
            "security-events",
            "statuses");

    private static final Pattern SCRIPT = Pattern.compile("(?m)(?:^|[ ;(])((?:\\./|\\.github/|\\.ci/)[\\w./-]+)");
    private static final Pattern PROFILES = Pattern.compile(" -P([\\w,]+)");
    private static final Pattern TESTS = Pattern.compile(" -D(?:it\\.)?test=(\\w+)");
    private static final Pattern VALUE = Pattern.compile("\\$\\{\\{ *(.*?) *}}");
    private static final Set<String> CONTEXT =
            Set.of("actor", "token", "sha", "ref_name", "repository", "server_url", "run_number");

    /**
     * Parses a workflow.
     *
     * @throws IllegalArgumentException if GitHub would refuse it, or a step of it would fail for something that is not there
     */
    static Workflow parse(String yaml) {
        Map<?, ?> root = map(new Load(LoadSettings.builder().build()).loadFromString(yaml), "the workflow");
        keys(root, WORKFLOW_KEYS, Set.of("name", "on", "permissions", "jobs"), "the workflow");
        Map<String, String> common = permissions(root.get("permissions"));
        Map<String, Map<String, String>> permissions = new LinkedHashMap<>();
        Map<String, Set<String>> uploads = new TreeMap<>();
        map(root.get("jobs"), "jobs").forEach((name, value) -> {
            Map<?, ?> job = map(value, "job " + name);
            keys(job, JOB_KEYS, Set.of("runs-on", "timeout-minutes", "steps"), "job " + name);
            permissions.put(
                    (String) name, job.containsKey("permissions") ? permissions(job.get("permissions")) : common);
            Set<String> artifacts = new HashSet<>();
            for (String needed : needs(job.get("needs"))) {
                require(uploads.containsKey(needed), "Job " + name + " needs " + needed + ", which is no job above it");
                artifacts.addAll(uploads.get(needed));
            }
            uploads.put((String) name, steps(job, artifacts, "job " + name));
        });
        return new Workflow(permissions);
    }

    /**
     * Checks a job's steps.
     *
     * @param artifacts what the jobs that it waits for have uploaded
     * @return what it uploads itself
     */
    private static Set<String> steps(Map<?, ?> job, Set<String> artifacts, String where) {
        Set<String> uploaded = new HashSet<>();
        Set<String> known = new HashSet<>();
        if (job.get("strategy") != null) {
            map(map(job.get("strategy"), where).get("matrix"), where)
                    .keySet()
                    .forEach(key -> known.add("matrix." + key));
        }
        CONTEXT.forEach(name -> known.add("github." + name));
        for (Object value : (List<?>) job.get("steps")) {
            Map<?, ?> step = map(value, "a step of " + where);
            keys(step, STEP_KEYS, Set.of(), "a step of " + where);
            require(step.containsKey("uses") != step.containsKey("run"), "A step of " + where + " needs uses or run");
            String run = String.valueOf(step.get("run"));
            require(!run.contains("${{"), "A step of " + where + " puts a value into its script: pass it in env");
            VALUE.matcher(step.toString())
                    .results()
                    .map(found -> found.group(1))
                    .forEach(name -> require(known.contains(name), "A step of " + where + " knows no " + name));
            things(run);
            Map<?, ?> with = step.get("with") == null ? Map.of() : map(step.get("with"), where);
            String action = String.valueOf(step.get("uses")).replaceAll("@.*", "");
            if (action.equals("actions/upload-artifact")) {
                uploaded.add((String) with.get("name"));
            } else if (action.equals("actions/download-artifact")) {
                require(
                        artifacts.contains(with.get("name")),
                        "No job that " + where + " needs uploads " + with.get("name"));
            }
            if (step.get("id") != null) {
                String outputs = "steps." + step.get("id") + ".outputs.";
                if (action.equals("docker/build-push-action")) {
                    known.add(outputs + "digest");
                }
                Pattern.compile("echo \"(\\w+)=")
                        .matcher(run)
                        .results()
                        .forEach(echo -> known.add(outputs + echo.group(1)));
            }
        }
        return uploaded;
    }

    /** Whether all that a script names is there. */
    private static void things(String run) {
        String pom = PolicyFiles.read(Path.of("pom.xml"));
        SCRIPT.matcher(run)
                .results()
                .map(found -> Path.of(found.group(1)))
                .forEach(script -> require(Files.isExecutable(script), "There is no program " + script));
        PROFILES.matcher(run)
                .results()
                .flatMap(found -> Pattern.compile(",").splitAsStream(found.group(1)))
                .forEach(
                        profile -> require(pom.contains("<id>" + profile + "</id>"), "There is no profile " + profile));
        TESTS.matcher(run)
                .results()
                .map(found -> found.group(1))
                .filter(test -> !test.equals("NONE"))
                .forEach(test -> require(isTest(test), "There is no test " + test));
    }

    private static Map<String, String> permissions(@Nullable Object value) {
        Map<String, String> permissions = new TreeMap<>();
        map(value, "permissions").forEach((scope, access) -> {
            require(SCOPES.contains((String) scope), "There is no permission " + scope);
            require(Set.of("read", "write", "none").contains((String) access), "There is no access " + access);
            permissions.put((String) scope, (String) access);
        });
        return permissions;
    }

    private static List<String> needs(@Nullable Object value) {
        if (value == null) {
            return List.of();
        }
        return value instanceof List<?> several
                ? several.stream().map(String::valueOf).toList()
                : List.of((String) value);
    }

    private static boolean isTest(String name) {
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            return files.anyMatch(file -> file.endsWith(name + ".java"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void keys(Map<?, ?> found, Set<String> known, Set<String> required, String where) {
        found.keySet().forEach(key -> require(known.contains((String) key), "There is no key " + key + " in " + where));
        required.forEach(key -> require(found.containsKey(key), "The key " + key + " is missing in " + where));
    }

    private static Map<?, ?> map(@Nullable Object value, String where) {
        require(value instanceof Map, "Not a map: " + where);
        return (Map<?, ?>) value;
    }

    private static void require(boolean fulfilled, String message) {
        if (!fulfilled) {
            throw new IllegalArgumentException(message);
        }
    }
}
