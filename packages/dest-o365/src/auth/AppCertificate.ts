import { createHash, createPrivateKey, type KeyObject, X509Certificate } from "node:crypto"
import { readFile, stat } from "node:fs/promises"

import { SignInMisuse } from "@mailferry/core/SignIn.ts"
import { expandedPath } from "@mailferry/oauth/CredentialFile.ts"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/** What an application shows who it is by. */
export interface AppCertificate {
  /** PEM of the private key. */
  readonly key: Redacted.Redacted
  /** In hexadecimal: 40 digits of SHA-1 or 64 of SHA-256. */
  readonly thumbprint: string
  /** When it expires, milliseconds since 1970; undefined where only its thumbprint is known. */
  readonly until: number | undefined
  /** Whether others on this computer may read it. */
  readonly exposed: boolean
}

const guide = "docs/o365-setup.md shows how to make one."

const misuse = (path: string, what: string, advice: string): SignInMisuse =>
  new SignInMisuse({ detail: `the certificate file ${path} ${what}`, advice })

const certificatesIn = (pem: string): ReadonlyArray<X509Certificate> =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gsu)].map(
    ([text]) => new X509Certificate(text)
  )

const keyIn = (pem: string): KeyObject | undefined => {
  const text = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----.+?-----END \1-----/su.exec(pem)?.[0]
  return text === undefined ? undefined : createPrivateKey(text)
}

const plain = (thumbprint: string): string => thumbprint.replace(/[\s:]/gu, "").toUpperCase()

/** Reads the certificate and its key. Both may stand in one file in any order, with others of a chain. */
export const readAppCertificate = Effect.fnUntraced(function* ({
  certificate: path,
  thumbprint
}: {
  readonly certificate: string
  readonly thumbprint?: string
}): Effect.fn.Return<AppCertificate, SignInMisuse> {
  const file = expandedPath(path)
  const pem = yield* Effect.tryPromise({
    try: () => readFile(file, "utf8"),
    catch: (cause) => {
      const why = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : ""
      return misuse(
        path,
        `cannot be read${why}`,
        `Name a PEM file that holds the certificate and its private key. ${guide}`
      )
    }
  })
  const exposed = yield* Effect.promise(async () =>
    process.platform === "win32" ? false : ((await stat(file)).mode & 0o077) !== 0
  )
  const read = yield* Effect.try({
    try: () => ({ key: keyIn(pem), certificates: certificatesIn(pem) }),
    catch: () =>
      misuse(
        path,
        pem.includes("ENCRYPTED")
          ? "holds a private key that is protected by a passphrase"
          : "holds something that is no PEM",
        `Without passphrase: openssl pkey -in ${path} -out key.pem. ${guide}`
      )
  })
  const { certificates, key } = read
  if (key === undefined || key.asymmetricKeyType !== "rsa") {
    return yield* misuse(
      path,
      "holds no RSA private key",
      `Put both into it: cat key.pem cert.pem > ${path}. ${guide}`
    )
  }
  const own = certificates.find((each) => each.checkPrivateKey(key))
  const named = thumbprint === undefined ? undefined : plain(thumbprint)
  if (named !== undefined && !/^(?:[0-9A-F]{40}|[0-9A-F]{64})$/u.test(named)) {
    return yield* misuse(
      path,
      `is said to have the thumbprint "${thumbprint}"`,
      "It has 40 or 64 hexadecimal digits."
    )
  }
  if (own === undefined && named === undefined) {
    const what = certificates.length === 0 ? "holds no certificate" : "holds a certificate of another key"
    return yield* misuse(path, what, `Put both into it: cat key.pem cert.pem > ${path}. ${guide}`)
  }
  return {
    key: Redacted.make(key.export({ type: "pkcs8", format: "pem" }).toString()),
    thumbprint:
      named ??
      createHash("sha256")
        .update(own?.raw ?? "")
        .digest("hex")
        .toUpperCase(),
    until: own?.validToDate.getTime(),
    exposed
  }
})
