// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.steps;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;

/** Where a step of a route is, for messages. */
public final class StepPlace {

    private StepPlace() {}

    /** Returns {@code route R in FILE, line N: }, without what is not known. */
    static String of(RouteDefinition route, ProcessorDefinition<?> step) {
        Resource file = route.getResource();
        return "route " + route.getId()
                + (file == null ? "" : " in " + file.getLocation() + ", line " + line(file, step))
                + ": ";
    }

    /** Returns a step's line. Camel counts one too few for a step that is written in one. */
    public static int line(Resource file, ProcessorDefinition<?> step) {
        int line = step.getLineNumber();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(file.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> text = reader.lines().skip(line - 1L).limit(2).toList();
            String name = step.getShortName() + ":";
            return text.size() == 2
                            && !text.get(0).contains(name)
                            && text.get(1).contains(name)
                    ? line + 1
                    : line;
        } catch (IOException | RuntimeException e) {
            return line;
        }
    }
}
