import { generate } from "selfsigned"

/** A certificate and its private key, both PEM. */
export interface ServerCertificate {
  readonly certificate: string
  readonly key: string
}

/** Self-signed, for 127.0.0.1 and localhost, good for a year. An EC key, since every server makes a new one. */
export const newServerCertificate = async (): Promise<ServerCertificate> => {
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      {
        name: "subjectAltName",
        altNames: [
          { type: 7, ip: "127.0.0.1" },
          { type: 2, value: "localhost" }
        ]
      }
    ]
  })
  return { certificate: made.cert, key: made.private }
}
