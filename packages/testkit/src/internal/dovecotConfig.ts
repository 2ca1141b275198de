import type { DovecotOptions } from "../Dovecot.ts"

interface Place {
  readonly folder: string
  readonly port: number
  readonly tlsPort: number
  readonly certificate: string
  readonly key: string
  readonly password: string
  readonly uid: number
  readonly gid: number
}

interface Owner {
  readonly user: string
  readonly group: string
}

const specialUse = ["Archive", "Drafts", "Junk", "Sent", "Trash"]

/** Dovecot started by an ordinary user can change neither uid nor root, so every service runs as that user. */
const unprivileged = ({ user, group }: Owner) => `
default_login_user = ${user}
default_internal_user = ${user}
default_internal_group = ${group}
service anvil {
  chroot =
}
service imap-login {
  chroot =
}
`

/** A configuration file for Dovecot 2.3 with everything below one folder. */
export const dovecotConfig = (
  place: Place,
  { format = "maildir", layoutFs = true, quota, specialUse: special = true, ...options }: DovecotOptions,
  owner: Owner | undefined
): string => `
base_dir = ${place.folder}/run
state_dir = ${place.folder}/state
log_path = ${place.folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <${place.certificate}
ssl_key = <${place.key}
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {
  driver = static
  args = password=${place.password}
}
userdb {
  driver = static
  args = uid=${place.uid} gid=${place.gid} home=${place.folder}/mail/%u
}
first_valid_uid = 1
mail_location = ${format === "sdbox" ? "sdbox:~/sdbox" : `maildir:~/Maildir${layoutFs ? ":LAYOUT=fs" : ""}`}
# Without it Dovecot stores LF, and some bare CRs come back altered.
mail_save_crlf = yes
# fsync is what makes a thousand small APPENDs slow, and no test pulls the plug.
mail_fsync = never
mail_max_userip_connections = 100
mail_plugins = ${quota === undefined ? "" : "quota"}
protocol imap {
  mail_plugins = ${quota === undefined ? "" : "quota imap_quota"}
}
${quota === undefined ? "" : `plugin {\n  quota = count:User quota\n  quota_vsizes = yes\n  quota_grace = 0\n  quota_rule = *:bytes=${quota}\n}`}
${options.capability === undefined ? "" : `imap_capability = ${options.capability}`}
namespace inbox {
  inbox = yes
  separator = /
  prefix =
${special ? specialUse.map((name) => `  mailbox ${name} {\n    auto = subscribe\n    special_use = \\${name}\n  }`).join("\n") : ""}
}
service imap-login {
  inet_listener imap {
    port = ${place.port}
  }
  inet_listener imaps {
    port = ${place.tlsPort}
    ssl = yes
  }
  # One process for all connections: a process each costs more than the tests themselves.
  service_count = 0
  client_limit = 1000
}
service imap {
  process_limit = 1000
}
# Otherwise each wrong password delays the next login from this machine, by up to 15 s.
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
${owner === undefined ? "" : unprivileged(owner)}
${options.extra ?? ""}
`
