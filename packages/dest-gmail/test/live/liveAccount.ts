import { readFileSync } from "node:fs"

import type { Job } from "../support/jobLayer.ts"

const given = (name: string): string | undefined => process.env[`MAILFERRY_LIVE_GMAIL${name}`]

const accountIn = (file: string): string | undefined => {
  const held: unknown = JSON.parse(readFileSync(file, "utf8"))
  const account: unknown =
    typeof held === "object" && held !== null ? Reflect.get(held, "account") : undefined
  return typeof account === "string" ? account : undefined
}

/** The account that the environment names: credentials as `mailferry auth login` leaves them, and where they are for. */
export const liveJob = (): Job => {
  const file = given("") ?? ""
  const user = given("_USER") ?? accountIn(file)
  if (user === undefined) throw new Error("MAILFERRY_LIVE_GMAIL_USER says whose account it is")
  const [api, token] = [given("_API"), given("_TOKEN")]
  return {
    user,
    credentials: `file:${file}`,
    ...(api === undefined || token === undefined ? {} : { endpoint: { api, token } })
  }
}
