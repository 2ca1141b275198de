import { constants, createHash, generateKeyPairSync, sign } from "node:crypto"

import { describe, expect, it } from "vitest"

import type { RehearsalGraph } from "../../src/RehearsalGraph.ts"
import { authenticated } from "../exchange/ExchangeForTest.ts"
import { call, started } from "./GraphForTest.ts"
import { aadsts, postForm } from "./SignInForTest.ts"

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")

interface Changes {
  readonly claims?: object
  readonly header?: object
  readonly key?: string
  readonly form?: Readonly<Record<string, string>>
  readonly tenant?: string
}

const ask = async (server: RehearsalGraph, alg: "PS256" | "RS256", changes: Changes = {}) => {
  const app = await server.application()
  const { tenant = app.tenantId } = changes
  const now = Math.floor(Date.now() / 1000)
  const thumb = (hex: string) => Buffer.from(hex, "hex").toString("base64url")
  const named = alg === "RS256" ? { x5t: thumb(app.thumbprint) } : { "x5t#S256": thumb(app.thumbprintSha256) }
  const aud = `https://login.microsoftonline.com/${tenant}/v2.0`
  const claims = {
    aud,
    iss: app.clientId,
    sub: app.clientId,
    nbf: now,
    exp: now + 600,
    jti: "1",
    ...changes.claims
  }
  const text = `${encoded({ alg, typ: "JWT", ...named, ...changes.header })}.${encoded(claims)}`
  const key = changes.key ?? app.privateKey
  const padded = {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST
  }
  const signature = sign("RSA-SHA256", Buffer.from(text), alg === "RS256" ? key : padded)
  return postForm(server, `/${tenant}/oauth2/v2.0/token`, {
    grant_type: "client_credentials",
    client_id: app.clientId,
    scope: "https://graph.microsoft.com/.default",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: `${text}.${signature.toString("base64url")}`,
    ...changes.form
  })
}

describe("an application with a certificate", () => {
  it.each(["RS256", "PS256"] as const)(
    "gets a token that reaches any mailbox by its name, signed with %s",
    async (alg) => {
      const server = await started()
      const { status, json } = await ask(server, alg)
      expect(status).toBe(200)
      expect([json.refresh_token, json.id_token]).toEqual([undefined, undefined])
      const answer = await call(server, "GET", "/v1.0/users/you@example.com/mailFolders/inbox", {
        token: json.access_token
      })
      expect(answer.status).toBe(200)
    }
  )

  it("gets one for IMAP that is good for nothing else", async () => {
    const server = await started({ imap: true })
    const { json } = await ask(server, "RS256", { form: { scope: "https://outlook.office365.com/.default" } })
    const token: string = json.access_token
    expect((await call(server, "GET", "/v1.0/users/you@example.com/messages", { token })).status).toBe(401)
    const [client, answer] = await authenticated(server, { token })
    expect(answer).toMatch(/^OK/u)
    expect(await client.answer("SELECT INBOX")).toMatch(/^tag OK/u)
  })

  it("names it by a thumbprint that is the certificate's", async () => {
    const { certificate, thumbprintSha256 } = await (await started()).application()
    const der = Buffer.from(certificate.replaceAll(/-----[A-Z ]+-----|\s/gu, ""), "base64")
    expect(createHash("sha256").update(der).digest("hex").toUpperCase()).toBe(thumbprintSha256)
  })

  it.each<readonly [string, Changes, number]>([
    [
      "another key",
      {
        key: generateKeyPairSync("rsa", { modulusLength: 2048 })
          .privateKey.export({ type: "pkcs8", format: "pem" })
          .toString()
      },
      700027
    ],
    ["another certificate's name", { header: { x5t: "AAAA" } }, 700027],
    ["no algorithm", { header: { alg: "none" } }, 700027],
    ["an old assertion", { claims: { exp: 1 } }, 700024],
    ["another audience", { claims: { aud: "https://example.com" } }, 700212],
    ["another issuer", { claims: { iss: "x" } }, 50013],
    ["single permissions", { form: { scope: "https://graph.microsoft.com/Mail.ReadWrite" } }, 1002012],
    ["a secret", { form: { client_secret: "x" } }, 7000215],
    ["no tenant", { tenant: "common" }, 50059],
    ["another application", { form: { client_id: "x" } }, 700016]
  ])("is refused with %s", async (_, changes, number) => {
    expect(aadsts(await ask(await started(), "RS256", changes))).toBe(number)
  })

  it("is none of a personal account's", async () => {
    expect(aadsts(await ask(await started({ personal: true }), "RS256"))).toBe(700016)
  })
})
