import type { Delegation, SignedIn, SignInCheck, SignInStatus } from "@mailferry/core/SignIn.ts"
import * as Option from "effect/Option"

import type { Paint } from "./Paint.ts"
import { harmless } from "./Wording.ts"

/** What a sign-in came to. */
export const signedInText = ({ account, place }: SignedIn): string =>
  `Signed in as ${harmless(account)}. The credentials are in ${place}.`

const columns = (rows: ReadonlyArray<readonly [string, string]>): ReadonlyArray<string> => {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${harmless(right)}`)
}

const checkLines = (checks: ReadonlyArray<SignInCheck>, paint: Paint): ReadonlyArray<string> => {
  const width = Math.max(0, ...checks.map(({ name }) => name.length))
  return checks.map(({ detail, name, ok }) => {
    const mark = ok ? paint.green("ok  ") : paint.red("FAIL")
    return `  ${mark}  ${name.padEnd(width)}  ${harmless(detail)}`
  })
}

const placeOf = ({ place }: SignInStatus): string => Option.getOrElse(place, () => "none")

/** Credentials first, then what they are worth, a line for each thing tried. */
export const signInStatusText = (status: SignInStatus, paint: Paint): string => {
  const { account, checks, facts } = status
  const rows = facts.map(({ name, value }): readonly [string, string] => [name, value])
  return [
    paint.bold(harmless(account)),
    ...columns([["credentials", placeOf(status)], ...rows]),
    ...(checks.length === 0 ? [] : ["", ...checkLines(checks, paint)])
  ].join("\n")
}

export const signInStatusJson = ({ account, checks, facts, failure, place }: SignInStatus) => ({
  ok: Option.isNone(failure),
  account,
  credentials: Option.getOrNull(place),
  facts: Object.fromEntries(facts.map(({ name, value }) => [name, value])),
  checks
})

/** What the administrator does, then what is granted so far, user by user. */
export const delegationText = ({ checks, steps }: Delegation, paint: Paint): string =>
  [
    ...steps,
    ...[...new Set(checks.map(({ user }) => user))].flatMap((user) => [
      "",
      paint.bold(harmless(user)),
      ...checkLines(
        checks.filter((check) => check.user === user),
        paint
      )
    ])
  ].join("\n")

export const delegationJson = ({ checks, failure, steps }: Delegation) => ({
  ok: Option.isNone(failure),
  steps,
  checks
})
