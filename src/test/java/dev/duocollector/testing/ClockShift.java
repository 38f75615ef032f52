// SPDX-FileCopyrightText: The Duo telephony collector authors
// SPDX-License-Identifier: Apache-2.0
package dev.duocollector.testing;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.nameStartsWith;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.none;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.MemberSubstitution;

/**
 * An agent that puts the clock of a JVM ahead: what {@code java.time} and {@link Date} say, and
 * {@link System#currentTimeMillis} as Quartz asks for it. Nothing changes for other JVMs.
 */
public final class ClockShift {

    private static final String MILLIS = "clock.shift.millis";

    private ClockShift() {}

    /**
     * Returns the options that start a JVM with a clock that is off.
     *
     * @param folder where the agent's jar goes
     * @param ahead by how much it is ahead, negative for behind
     */
    public static String[] jvmOptions(Path folder, Duration ahead) {
        Path jar = folder.resolve("clock-shift.jar");
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(new Attributes.Name("Premain-Class"), ClockShift.class.getName());
        attributes.put(new Attributes.Name("Can-Retransform-Classes"), "true");
        attributes.put(
                Attributes.Name.CLASS_PATH,
                AgentBuilder.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString());
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (Class<?> each :
                    new Class<?>[] {ClockShift.class, ShiftedInstant.class, ShiftedMillis.class, ShiftedDate.class}) {
                String name = each.getName().replace('.', '/') + ".class";
                out.putNextEntry(new JarEntry(name));
                try (InputStream in =
                        Objects.requireNonNull(ClockShift.class.getClassLoader().getResourceAsStream(name), name)) {
                    in.transferTo(out);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new String[] {"-javaagent:" + jar, "-D" + MILLIS + "=" + ahead.toMillis()};
    }

    /** What the JVM calls before the program's main. */
    public static void premain(String arguments, Instrumentation instrumentation) throws NoSuchMethodException {
        var millis = MemberSubstitution.relaxed()
                .method(named("currentTimeMillis"))
                .replaceWith(ClockShift.class.getMethod("currentTimeMillis"))
                .on(method -> true);
        // Made before, since a class that is being loaded cannot be looked at.
        var instant = Advice.to(ShiftedInstant.class).on(named("currentInstant"));
        var clock = Advice.to(ShiftedMillis.class).on(named("millis"));
        var date = Advice.to(ShiftedDate.class).on(isConstructor().and(takesArguments(0)));
        new AgentBuilder.Default()
                .disableClassFormatChanges()
                .ignore(none())
                .with(AgentBuilder.Listener.StreamWriting.toSystemError().withErrorsOnly())
                .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
                .type(named("java.time.Clock"))
                .transform((builder, type, loader, module, domain) -> builder.visit(instant))
                .type(named("java.time.Clock$SystemClock"))
                .transform((builder, type, loader, module, domain) -> builder.visit(clock))
                .type(named("java.util.Date"))
                .transform((builder, type, loader, module, domain) -> builder.visit(date))
                .type(nameStartsWith("org.quartz."))
                .transform((builder, type, loader, module, domain) -> builder.visit(millis))
                .installOn(instrumentation);
    }

    /** What Quartz gets in place of the machine's. */
    public static long currentTimeMillis() {
        return Clock.systemUTC().millis();
    }

    /** Is copied to where {@code java.time} asks the machine. */
    public static final class ShiftedInstant {
        private ShiftedInstant() {}

        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) Instant now) {
            now = now.plusMillis(Long.getLong("clock.shift.millis", 0));
        }
    }

    /** The same for milliseconds. */
    public static final class ShiftedMillis {
        private ShiftedMillis() {}

        @Advice.OnMethodExit
        public static void exit(@Advice.Return(readOnly = false) long now) {
            now += Long.getLong("clock.shift.millis", 0);
        }
    }

    /** The same for dates. */
    public static final class ShiftedDate {
        private ShiftedDate() {}

        @Advice.OnMethodExit
        @SuppressWarnings("JavaUtilDate")
        public static void exit(@Advice.This Date now) {
            now.setTime(now.getTime() + Long.getLong("clock.shift.millis", 0));
        }
    }
}
