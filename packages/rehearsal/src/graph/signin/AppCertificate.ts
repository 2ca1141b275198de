import { createHash, X509Certificate } from "node:crypto"

import { generate } from "selfsigned"

/** The certificate an application proves itself with; PEM. */
export interface AppCertificate {
  readonly certificate: string
  readonly privateKey: string
  /** Of the DER in upper-case hexadecimal: what the portal shows, and msal wants. */
  readonly thumbprint: string
  readonly thumbprintSha256: string
}

export const makeAppCertificate = async (): Promise<AppCertificate> => {
  const made = await generate([{ name: "commonName", value: "Rehearsal mover" }], {
    keySize: 2048,
    algorithm: "sha256"
  })
  const { raw } = new X509Certificate(made.cert)
  const digest = (algorithm: string) => createHash(algorithm).update(raw).digest("hex").toUpperCase()
  return {
    certificate: made.cert,
    privateKey: made.private,
    thumbprint: digest("sha1"),
    thumbprintSha256: digest("sha256")
  }
}
