import { createHash } from "node:crypto"
import { request } from "node:http"
import { networkInterfaces } from "node:os"

import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import { TestClock } from "effect/testing"

import { authorize } from "../src/AuthorizationCode.ts"
import { makeTalk } from "./support/TalkRecorder.ts"

/** A sign-in that waits for its answer, and what its page was asked for. */
const begin = Effect.gen(function* () {
  const talk = yield* makeTalk
  const fiber = yield* authorize(({ challenge, redirect, state }) =>
    Effect.succeed(
      `https://service.example/auth?${new URLSearchParams({ challenge, redirect, state }).toString()}`
    )
  ).pipe(Effect.provide(talk.layer), Effect.forkChild({ startImmediately: true }))
  const { searchParams } = yield* talk.page
  const asked = (key: string) => searchParams.get(key) ?? ""
  return { ...talk, fiber, redirect: asked("redirect"), state: asked("state"), challenge: asked("challenge") }
})

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === "::1")
)

interface Page {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}

/** Begins a request; node:http and not fetch, which does not let the Host header be set. */
const visit = (url: string, options: { readonly method?: string; readonly host?: string } = {}) =>
  new Promise<Page>((resolve, reject) => {
    const { host, method = "GET" } = options
    const sent = request(url, { method, headers: host === undefined ? {} : { host } }, (response) => {
      const parts: Array<Buffer> = []
      response.on("data", (part: Buffer) => parts.push(part))
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(parts).toString("utf8"),
          headers: response.headers
        })
      )
    })
    sent.on("error", reject)
    sent.end()
  })

const visited = (url: string, options?: Parameters<typeof visit>[1]) =>
  Effect.promise(() => visit(url, options))

describe("the loopback sign-in", () => {
  it.live("takes the code from the browser, with the verifier of the challenge its page was given", () =>
    Effect.gen(function* () {
      const { challenge, fiber, redirect, state } = yield* begin
      const browser = yield* Effect.forkChild(visited(`${redirect}/?state=${state}&code=the-code`), {
        startImmediately: true
      })
      const authorization = yield* Fiber.join(fiber)
      assert.strictEqual(Redacted.value(authorization.code), "the-code")
      assert.strictEqual(authorization.redirect, redirect)
      const verifier = Redacted.value(authorization.verifier)
      assert.strictEqual(createHash("sha256").update(verifier).digest("base64url"), challenge)
      yield* authorization.conclude({ ok: true, text: "All is well <here>." })
      const page = yield* Fiber.join(browser)
      assert.strictEqual(page.status, 200)
      assert.include(page.text, "You can close this window")
      assert.include(page.text, "All is well &#60;here&#62;.")
      assert.notMatch(page.text, /script|https?:|src=|href=/u)
      assert.include(String(page.headers["content-security-policy"]), "default-src 'none'")
      assert.strictEqual(page.headers["cache-control"], "no-store")
    }).pipe(Effect.scoped)
  )

  it.live("listens on both addresses of this computer, where the service takes only its name", () =>
    Effect.gen(function* () {
      const talk = yield* makeTalk
      const fiber = yield* authorize(
        ({ redirect, state }) =>
          Effect.succeed(`https://service.example/?${new URLSearchParams({ redirect, state }).toString()}`),
        { host: "localhost" }
      ).pipe(Effect.provide(talk.layer), Effect.forkChild({ startImmediately: true }))
      const { searchParams } = yield* talk.page
      const redirect = searchParams.get("redirect") ?? ""
      assert.match(redirect, /^http:\/\/localhost:\d+$/u)
      const { host, port } = new URL(redirect)
      const addresses = ["127.0.0.1", ...(hasIpv6 ? ["[::1]"] : [])]
      for (const address of addresses) {
        const page = yield* visited(`http://${address}:${port}/?state=other&code=c`, { host })
        assert.strictEqual(page.status, 400)
        const elsewhere = yield* visited(`http://${address}:${port}/?state=other&code=c`)
        assert.strictEqual(elsewhere.status, 404)
      }
      const code = `${redirect}/?state=${searchParams.get("state")}&code=the-code`
      const browser = yield* Effect.forkChild(visited(code), { startImmediately: true })
      const authorization = yield* Fiber.join(fiber)
      assert.strictEqual(authorization.redirect, redirect)
      yield* authorization.conclude({ ok: true, text: "" })
      assert.strictEqual((yield* Fiber.join(browser)).status, 200)
    }).pipe(Effect.scoped)
  )

  it.live("tells the browser when it did not end well", () =>
    Effect.gen(function* () {
      const { fiber, redirect, state } = yield* begin
      const browser = yield* Effect.forkChild(visited(`${redirect}/?state=${state}&code=c`), {
        startImmediately: true
      })
      const { conclude } = yield* Fiber.join(fiber)
      yield* conclude({ ok: false, text: "The wrong account." })
      const page = yield* Fiber.join(browser)
      assert.strictEqual(page.status, 403)
      assert.include(page.text, "Not signed in")
      assert.include(page.text, "The wrong account.")
    }).pipe(Effect.scoped)
  )

  it.live("ends when the person cancels, and the page says so", () =>
    Effect.gen(function* () {
      const { fiber, redirect, state } = yield* begin
      const browser = yield* Effect.forkChild(visited(`${redirect}/?state=${state}&error=access_denied`), {
        startImmediately: true
      })
      const failure = yield* Effect.flip(Fiber.join(fiber))
      assert.strictEqual(failure.why, "cancelled")
      const page = yield* Fiber.join(browser)
      assert.strictEqual(page.status, 403)
      assert.include(page.text, "Access was not given")
    }).pipe(Effect.scoped)
  )

  it.live("does not take an answer with another state or none, and goes on waiting", () =>
    Effect.gen(function* () {
      const { fiber, redirect, state } = yield* begin
      for (const query of ["state=other&code=stolen", "code=stolen", "state=other&error=access_denied"]) {
        const page = yield* visited(`${redirect}/?${query}`)
        assert.strictEqual(page.status, 400)
        assert.include(page.text, "belongs to another sign-in")
      }
      yield* Effect.forkChild(visited(`${redirect}/?state=${state}&code=mine`), { startImmediately: true })
      assert.strictEqual(Redacted.value((yield* Fiber.join(fiber)).code), "mine")
    }).pipe(Effect.scoped)
  )

  it.live("answers nothing but the redirect: no other path, method or host name", () =>
    Effect.gen(function* () {
      const { fiber, redirect, state } = yield* begin
      const query = `state=${state}&code=c`
      const pages = [
        yield* visited(`${redirect}/favicon.ico`),
        yield* visited(`${redirect}/`),
        yield* visited(`${redirect}/other?${query}`),
        yield* visited(`${redirect}/?${query}`, { method: "POST" }),
        yield* visited(`${redirect}/?${query}`, { host: "rebound.example" })
      ]
      assert.deepEqual(
        pages.map(({ status }) => status),
        [404, 404, 404, 404, 404]
      )
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.scoped)
  )

  it.live("listens on 127.0.0.1 and on no other address of this computer", () =>
    Effect.gen(function* () {
      const { fiber, redirect } = yield* begin
      const other = redirect.replace("127.0.0.1", "127.0.0.2")
      const failure = yield* Effect.flip(
        Effect.tryPromise({ try: () => visit(`${other}/`), catch: (cause) => String(cause) })
      )
      // Where the whole of 127.0.0.0/8 is not this computer, there is no such address to connect to.
      assert.match(failure, /ECONNREFUSED|EADDRNOTAVAIL|ETIMEDOUT|EHOSTUNREACH/u)
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.scoped)
  )

  it.live("is used once: the same address again is told that it is over", () =>
    Effect.gen(function* () {
      const { fiber, redirect, state } = yield* begin
      const address = `${redirect}/?state=${state}&code=c`
      yield* Effect.forkChild(visited(address), { startImmediately: true })
      yield* Fiber.join(fiber)
      const again = yield* visited(address)
      assert.strictEqual(again.status, 410)
      assert.include(again.text, "This sign-in is over")
    }).pipe(Effect.scoped)
  )

  it.live("closes its port with the scope, and a browser that still waits is not left alone", () =>
    Effect.gen(function* () {
      const { address, browser } = yield* Effect.scoped(
        Effect.gen(function* () {
          const { fiber, redirect, state } = yield* begin
          const address = `${redirect}/?state=${state}&code=c`
          const browser = visit(address)
          yield* Fiber.join(fiber)
          return { address, browser }
        })
      )
      const page = yield* Effect.promise(() => browser)
      assert.strictEqual(page.status, 503)
      const failure = yield* Effect.flip(
        Effect.tryPromise({ try: () => visit(address), catch: (cause) => String(cause) })
      )
      assert.include(failure, "ECONNREFUSED")
    })
  )

  it.live("takes the address from the terminal where the browser is on another computer", () =>
    Effect.gen(function* () {
      const { fiber, redirect, state, told, type } = yield* begin
      yield* type("")
      yield* type("what do I paste?")
      yield* type(`${redirect}/?state=of-yesterday&code=old`)
      yield* type(`  "${redirect}/?state=${state}&code=4%2Fpasted&scope=email"  `)
      const { code, conclude } = yield* Fiber.join(fiber)
      assert.strictEqual(Redacted.value(code), "4/pasted")
      yield* conclude({ ok: true, text: "" })
      assert.include(told[0] ?? "", `${redirect}/) and paste it here`)
      assert.include(told[1] ?? "", "That is not the address.")
      assert.include(told[2] ?? "", "belongs to an earlier sign-in")
      assert.strictEqual(told.length, 3)
    }).pipe(Effect.scoped)
  )

  it.effect("gives up after ten minutes", () =>
    Effect.gen(function* () {
      const { fiber } = yield* begin
      yield* TestClock.adjust("599 seconds")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 second")
      const failure = yield* Effect.flip(Fiber.join(fiber))
      assert.deepInclude(failure, { why: "late", detail: "nobody answered within 10 minutes" })
    }).pipe(Effect.scoped)
  )

  it.live("never asks twice with the same state or challenge, and shows no verifier", () =>
    Effect.gen(function* () {
      const first = yield* begin
      const second = yield* begin
      assert.notStrictEqual(first.state, second.state)
      assert.notStrictEqual(first.challenge, second.challenge)
      yield* first.type(`${first.redirect}/?state=${first.state}&code=c`)
      const { verifier } = yield* Fiber.join(first.fiber)
      assert.notInclude(first.told.join("\n"), Redacted.value(verifier))
      yield* Fiber.interrupt(second.fiber)
    }).pipe(Effect.scoped)
  )
})
