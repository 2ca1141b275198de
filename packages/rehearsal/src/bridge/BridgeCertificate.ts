import { X509Certificate } from "node:crypto"

import { generate } from "selfsigned"

/** A certificate and its key, both PEM: Bridge's `cert.pem` and `key.pem`. */
export interface BridgeCertificate {
  readonly certificate: string
  readonly key: string
}

const twentyYears = 20 * 365 * 86_400_000

/**
 * What Bridge makes when its vault is created: RSA-2048, self-signed, good for the IP address 127.0.0.1 and for no DNS
 * name, a CA, twenty years (proton-bridge `internal/certs/tls.go`).
 */
export const makeCertificate = async (): Promise<BridgeCertificate> => {
  const now = Date.now()
  const made = await generate(
    [
      { name: "countryName", value: "CH" },
      { name: "organizationName", value: "Proton AG" },
      { shortName: "OU", value: "Proton Mail" },
      { name: "commonName", value: "127.0.0.1" }
    ],
    {
      keySize: 2048,
      algorithm: "sha256",
      notBeforeDate: new Date(now),
      notAfterDate: new Date(now + twentyYears),
      extensions: [
        { name: "basicConstraints", cA: true, critical: true },
        {
          name: "keyUsage",
          keyEncipherment: true,
          digitalSignature: true,
          keyCertSign: true,
          critical: true
        },
        { name: "extKeyUsage", serverAuth: true, clientAuth: true },
        { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }
      ]
    }
  )
  return { certificate: made.cert, key: made.private }
}

/** SHA-256 of the DER, in colon-separated upper-case hex, as `openssl x509 -fingerprint -sha256` prints it. */
export const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256
