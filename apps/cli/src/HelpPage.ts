import type * as CliError from "effect/cli/CliError"
import { displayWidth, type Presenter } from "effect/cli/CliOutput"
import type { FlagDoc, HelpDoc } from "effect/cli/HelpDoc"
import * as Option from "effect/Option"

import { jobExample } from "./Registry.ts"
import type { Paint } from "./view/Paint.ts"
import type { Screen } from "./view/Screen.ts"

const exitCodes = `  0 done   2 usage   3 some messages set aside   4 source unreachable   5 not let in   6 destination unreachable
  7 asked to slow down   8 destination full   9 plan no longer fits   10 not verified   11 another run at work
  130 stopped, all saved   1 anything else`

const pairs = (rows: ReadonlyArray<readonly [string, string]>): ReadonlyArray<string> => {
  const width = Math.max(0, ...rows.map(([left]) => displayWidth(left)))
  return rows.map(([left, right]) => `  ${left}${" ".repeat(width - displayWidth(left))}  ${right}`.trimEnd())
}

const section = (title: string, lines: ReadonlyArray<string>, paint: Paint): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["", paint.bold(title), ...lines]

const flagNames = ({ aliases, name, type }: FlagDoc): string => {
  const value = type === "boolean" ? "" : ` ${type}`
  return `${[...aliases, `--${name}`].join(", ")}${value}`
}

const flagRow = (flag: FlagDoc): readonly [string, string] => [
  flagNames(flag),
  `${Option.getOrElse(flag.description, () => "")}${flag.required ? " (needed)" : ""}`
]

/** Examples first: most people read no further. */
const helpPage = (doc: HelpDoc, paint: Paint): string => {
  const takesJob = doc.flags.some(({ name, required }) => name === "job" && required)
  const words = (doc.subcommands ?? []).flatMap(({ commands }) =>
    commands.map(({ description, name }): readonly [string, string] => [name, description])
  )
  return [
    doc.description,
    ...section(
      "Examples",
      pairs((doc.examples ?? []).map(({ command, description = "" }) => [command, description])),
      paint
    ),
    ...section("Commands", pairs(words), paint),
    ...(takesJob
      ? section(
          "A job file to begin with",
          ["  # job.yaml", ...jobExample.split("\n").map((line) => `  ${line}`)],
          paint
        )
      : []),
    ...section("Usage", [`  ${doc.usage}`], paint),
    ...section("Flags", pairs(doc.flags.map(flagRow)), paint),
    ...section("Everywhere", pairs((doc.globalFlags ?? []).map(flagRow)), paint),
    ...section("Exit codes", [exitCodes], paint)
  ].join("\n")
}

const mistake = (error: CliError.NonShowHelpErrors): string => error.message.replaceAll("\n", "\n  ")

/** Help is data; what is wrong with a command line is not. */
export const presenter = (screen: Screen["Service"]): Presenter => ({
  present: (event) => {
    switch (event._tag) {
      case "Help":
        return screen.print(helpPage(event.helpDoc, screen.paint))
      case "Version":
        return screen.print(`${event.name} ${event.version}`)
      case "InvalidInvocation":
        return screen.warn(
          [
            ...event.errors.map((error) => `${screen.paintAside.red("error:")} ${mistake(error)}`),
            `${screen.paintAside.bold("next:")} \`${event.commandPath.join(" ")} --help\` shows examples and every flag.`
          ].join("\n")
        )
    }
  }
})
