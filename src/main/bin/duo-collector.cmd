@echo off
rem SPDX-FileCopyrightText: The Duo telephony collector authors
rem SPDX-License-Identifier: Apache-2.0
rem
rem Starts the collector with the JVM options that make it cheap: bin\duo-collector COMMAND [OPTION ...]
rem JAVA_HOME, JAVA_OPTS and DUO_COLLECTOR_CACHE mean what they mean for bin/duo-collector; the archive of classes is in
rem LOCALAPPDATA, and from Java 19 on the JVM makes it again when it no longer fits. No blocks, since a path may have a ")".
setlocal
set "jar=%~dp0..\duo-telephony-collector.jar"
if not exist "%jar%" goto :nojar
set "java="
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java.exe"
if not defined java for %%j in (java.exe) do set "java=%%~$PATH:j"
if not defined java goto :nojava
if not exist "%java%" goto :wrongjava
set "version="
for /f "tokens=3" %%v in ('""%java%" -version 2^>^&1 ^| findstr /c:" version ""') do if not defined version set "version=%%~v"
set "major=0"
for /f "tokens=1 delims=.-+_" %%m in ("%version%") do set /a major=%%m
if %major% lss 17 goto :oldjava
set "cache=%DUO_COLLECTOR_CACHE%"
if not defined cache if defined LOCALAPPDATA set "cache=%LOCALAPPDATA%\duo-collector"
set option=
if not defined cache goto :start
if not exist "%cache%" mkdir "%cache%" 2>nul
for %%f in ("%jar%") do set "archive=%cache%\classes-%version%-%%~zf.jsa"
set option=-XX:SharedArchiveFile="%archive%"
if %major% geq 19 set option=-XX:+AutoCreateSharedArchive %option%
if %major% lss 19 if not exist "%archive%" set option=-XX:ArchiveClassesAtExit="%archive%"
:start
"%java%" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:C1MaxInlineSize=16 -Xms16m -Xmx256m -XX:-UsePerfData -XX:+ExitOnOutOfMemoryError -XX:+DisplayVMOutputToStderr -Xlog:disable -Xlog:all=error:stderr %option% %JAVA_OPTS% -jar "%jar%" %*
exit /b %errorlevel%
:nojar
echo duo-collector: "%jar%" is missing; unpack the release archive again. 1>&2
exit /b 2
:nojava
echo duo-collector: There is no java in PATH; install Java 17 or newer, or set JAVA_HOME to it. 1>&2
exit /b 2
:wrongjava
echo duo-collector: JAVA_HOME is "%JAVA_HOME%", but there is no bin\java.exe; set it to a Java 17 or newer. 1>&2
exit /b 2
:oldjava
echo duo-collector: "%java%" is Java %version%; set JAVA_HOME to a Java 17 or newer. 1>&2
exit /b 2
