// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A CloudFormation template, parsed with its short tags ({@code !Ref}), checked against the resource types and properties that
 * are listed here, and evaluated for given parameters. No linter of AWS's is there for the JVM; what is not listed is refused,
 * but a property's own form is not looked at.
 */
final class CloudFormation {

    /**
     * What may stand in a resource, each type with its page under
     * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ (read 2026-11-23); a star marks what must.
     */
    private static final Map<String, List<String>> PROPERTIES = Map.ofEntries(
            // aws-resource-s3-bucket.html
            Map.entry(
                    "AWS::S3::Bucket",
                    List.of(
                            "BucketName",
                            "OwnershipControls",
                            "PublicAccessBlockConfiguration",
                            "BucketEncryption",
                            "VersioningConfiguration",
                            "LifecycleConfiguration")),
            // aws-resource-s3-bucketpolicy.html
            Map.entry("AWS::S3::BucketPolicy", List.of("Bucket*", "PolicyDocument*")),
            // aws-resource-iam-role.html
            Map.entry("AWS::IAM::Role", List.of("AssumeRolePolicyDocument*", "ManagedPolicyArns", "Policies")),
            // aws-resource-iam-rolepolicy.html
            Map.entry("AWS::IAM::RolePolicy", List.of("PolicyName*", "RoleName*", "PolicyDocument")),
            // aws-resource-iam-instanceprofile.html
            Map.entry("AWS::IAM::InstanceProfile", List.of("Roles*")),
            // aws-resource-ecs-taskdefinition.html
            Map.entry(
                    "AWS::ECS::TaskDefinition",
                    List.of(
                            "Family",
                            "RequiresCompatibilities",
                            "NetworkMode",
                            "Cpu",
                            "Memory",
                            "RuntimePlatform",
                            "ExecutionRoleArn",
                            "TaskRoleArn",
                            "Volumes",
                            "ContainerDefinitions")),
            // aws-resource-ecs-service.html
            Map.entry(
                    "AWS::ECS::Service",
                    List.of(
                            "Cluster",
                            "TaskDefinition",
                            "LaunchType",
                            "DesiredCount",
                            "DeploymentConfiguration",
                            "NetworkConfiguration")),
            // aws-resource-logs-loggroup.html
            Map.entry("AWS::Logs::LogGroup", List.of("RetentionInDays")),
            // aws-resource-scheduler-schedule.html
            Map.entry(
                    "AWS::Scheduler::Schedule",
                    List.of("ScheduleExpression*", "FlexibleTimeWindow*", "Target*", "Description")));

    private static final Set<String> SECTIONS =
            Set.of("AWSTemplateFormatVersion", "Description", "Parameters", "Conditions", "Resources", "Outputs");
    private static final Set<String> RESOURCE_MEMBERS =
            Set.of("Type", "Properties", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy");
    private static final List<String> TAGS =
            List.of("Ref", "Condition", "Sub", "GetAtt", "If", "Equals", "Not", "And", "Or");
    private static final Pattern PLACE = Pattern.compile("\\$\\{([^}]+)}");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode template;

    private CloudFormation(JsonNode template) {
        this.template = template;
    }

    /** @throws RuntimeException if it is no YAML, or holds something that is not known */
    static CloudFormation parse(String yaml) {
        LoadSettings settings =
                LoadSettings.builder().setAllowDuplicateKeys(false).build();
        JsonNode template = JSON.valueToTree(new Load(settings, new ShortTags(settings)).loadFromString(yaml));
        CloudFormation checked = new CloudFormation(template);
        checked.check();
        return checked;
    }

    /** The short tags in their long form: {@code !Sub x} is {@code {"Fn::Sub": "x"}}. */
    private static final class ShortTags extends StandardConstructor {

        ShortTags(LoadSettings settings) {
            super(settings);
            for (String tag : TAGS) {
                String function = tag.equals("Ref") || tag.equals("Condition") ? tag : "Fn::" + tag;
                tagConstructors.put(new Tag("!" + tag), node -> Map.of(function, content(node)));
            }
        }

        private Object content(Node node) {
            if (node instanceof ScalarNode scalar) {
                return constructScalar(scalar);
            }
            return node instanceof SequenceNode sequence
                    ? constructSequence(sequence)
                    : constructMapping((MappingNode) node);
        }
    }

    private void check() {
        require(SECTIONS, template, "the template");
        for (Map.Entry<String, JsonNode> resource : template.path("Resources").properties()) {
            String name = resource.getKey();
            JsonNode value = resource.getValue();
            require(RESOURCE_MEMBERS, value, name);
            List<String> properties = PROPERTIES.get(value.path("Type").asText());
            if (properties == null) {
                throw new IllegalArgumentException(name + " is of an unknown type: " + value.path("Type"));
            }
            require(
                    properties.stream()
                            .map(property -> property.replace("*", ""))
                            .toList(),
                    value.path("Properties"),
                    name);
            properties.stream()
                    .filter(property -> property.endsWith("*"))
                    .map(property -> property.replace("*", ""))
                    .filter(property -> !value.path("Properties").has(property))
                    .forEach(property -> {
                        throw new IllegalArgumentException(name + " needs " + property);
                    });
        }
        template.path("Resources").forEach(this::checkNames);
        template.path("Conditions").forEach(this::checkNames);
        template.path("Outputs").forEach(this::checkNames);
    }

    private static void require(Iterable<String> known, JsonNode object, String where) {
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            boolean isKnown = false;
            for (String name : known) {
                isKnown |= name.equals(member.getKey());
            }
            if (!isKnown) {
                throw new IllegalArgumentException(where + " has an unknown " + member.getKey());
            }
        }
    }

    /** Every name that something refers to must be there. */
    private void checkNames(JsonNode tree) {
        for (Map.Entry<String, JsonNode> member : tree.properties()) {
            JsonNode value = member.getValue();
            switch (member.getKey()) {
                case "Ref" -> requireName(value.asText());
                case "Fn::GetAtt" -> requireName(value.asText().split("\\.", 2)[0]);
                case "Fn::Sub" ->
                    PLACE.matcher(value.asText())
                            .results()
                            .forEach(place -> requireName(place.group(1).split("\\.", 2)[0]));
                case "Fn::If" -> requireCondition(value.path(0).asText());
                case "Condition" -> {
                    // Also IAM's word, for an object, and ECS', for what a container waits for.
                    if (value.isTextual() && !tree.has("ContainerName")) {
                        requireCondition(value.asText());
                    }
                }
                default -> {}
            }
        }
        tree.forEach(this::checkNames);
    }

    private void requireName(String name) {
        if (!name.startsWith("AWS::")
                && !template.path("Parameters").has(name)
                && !template.path("Resources").has(name)) {
            throw new IllegalArgumentException("There is no " + name);
        }
    }

    private void requireCondition(String name) {
        if (!template.path("Conditions").has(name)) {
            throw new IllegalArgumentException("There is no condition " + name);
        }
    }

    JsonNode template() {
        return template;
    }

    /**
     * The resources that these parameters make, in plain JSON.
     *
     * @param parameters what differs from the defaults
     * @param pseudo values for {@code AWS::Partition} and the like, and for what a Ref or GetAtt of a resource gives
     */
    Map<String, JsonNode> resources(Map<String, String> parameters, Map<String, String> pseudo) {
        Map<String, String> values = new LinkedHashMap<>(pseudo);
        template.path("Parameters")
                .properties()
                .forEach(parameter -> values.put(
                        parameter.getKey(), parameter.getValue().path("Default").asText()));
        values.putAll(parameters);
        Map<String, JsonNode> made = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> resource : template.path("Resources").properties()) {
            JsonNode condition = resource.getValue().path("Condition");
            if (condition.isMissingNode() || holds(condition.asText(), values)) {
                made.put(resource.getKey(), evaluate(resource.getValue(), values));
            }
        }
        return made;
    }

    private boolean holds(String condition, Map<String, String> values) {
        return evaluate(template.path("Conditions").path(condition), values).asBoolean();
    }

    private JsonNode evaluate(JsonNode tree, Map<String, String> values) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (tree.isArray()) {
            return nodes.arrayNode()
                    .addAll(tree.valueStream()
                            .map(element -> evaluate(element, values))
                            .toList());
        }
        if (!tree.isObject()) {
            return tree;
        }
        if (tree.size() == 1) {
            Map.Entry<String, JsonNode> only = tree.properties().iterator().next();
            JsonNode value = only.getValue();
            switch (only.getKey()) {
                case "Ref", "Fn::GetAtt" -> {
                    return TextNode.valueOf(values.getOrDefault(value.asText(), value.asText()));
                }
                case "Fn::Sub" -> {
                    return TextNode.valueOf(PLACE.matcher(value.asText())
                            .replaceAll(place ->
                                    Matcher.quoteReplacement(values.getOrDefault(place.group(1), place.group(1)))));
                }
                case "Fn::If" -> {
                    return evaluate(value.path(holds(value.path(0).asText(), values) ? 1 : 2), values);
                }
                case "Fn::Equals" -> {
                    return nodes.booleanNode(evaluate(value.path(0), values).equals(evaluate(value.path(1), values)));
                }
                case "Fn::Not" -> {
                    return nodes.booleanNode(!evaluate(value.path(0), values).asBoolean());
                }
                case "Fn::And" -> {
                    return nodes.booleanNode(value.valueStream()
                            .allMatch(each -> evaluate(each, values).asBoolean()));
                }
                case "Condition" -> {
                    if (value.isTextual()) {
                        return nodes.booleanNode(holds(value.asText(), values));
                    }
                }
                default -> {}
            }
        }
        ObjectNode object = nodes.objectNode();
        tree.properties().forEach(member -> object.set(member.getKey(), evaluate(member.getValue(), values)));
        return object;
    }
}
