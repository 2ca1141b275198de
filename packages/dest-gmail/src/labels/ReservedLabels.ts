/**
 * What Gmail keeps for itself in English, whatever the account's language: its system labels, categories, and names of
 * views it has or once had. From the refusals that programs for moving mail into Gmail have gathered (2026-11-20);
 * Google publishes no list.
 */
const english: ReadonlyArray<string> = [
  "all mail",
  "allmail",
  "archive",
  "archived",
  "bin",
  "buzz",
  "chat",
  "chats",
  "draft",
  "drafts",
  "finance",
  "forums",
  "important",
  "inbox",
  "migrated",
  "muted",
  "personal",
  "promotions",
  "scheduled",
  "sent",
  "snoozed",
  "social",
  "spam",
  "starred",
  "todo",
  "todos",
  "trash",
  "travel",
  "unread",
  "updates",
  "voicemail"
]

/** Names under which IMAP shows the system labels (in Britain and Germany once `[Google Mail]`), and Apple Mail's own. */
const imapParents: ReadonlyArray<string> = ["[gmail]", "[google mail]", "[googlemail]", "[imap]"]

/**
 * The system labels as Gmail's other interface languages show them, by language tag: in order Inbox, Sent, Drafts,
 * Spam, Trash, Starred, Important, Chats, All Mail, Archive, Unread, Scheduled, Snoozed; several where Gmail uses, or
 * once used, more than one word. Written down in 2026-11 from what is publicly known of the interface, and tried on no
 * account. Not complete, and need not be: a name that is missing here is refused by the server, and then renamed.
 */
const localised: Readonly<Record<string, string>> = {
  ar: "البريد الوارد|البريد المرسل|المرسلة|تم الإرسال|المسودات|غير مرغوب فيها|الرسائل غير المرغوب فيها|المهملات|معلّمة بنجمة|مميزة بنجمة|مهم|مهمة|الدردشات|كل البريد|جميع الرسائل|الأرشيف|أرشيف|غير مقروءة|غير مقروء|مجدولة|المجدولة|مؤجلة|المؤجلة",
  bg: "Входящи|Входяща поща|Изпратени|Изпратена поща|Чернови|Спам|Кошче|Със звезда|Важни|Важно|Чатове|Цялата поща|Всички имейли|Архив|Архивирани|Непрочетени|Насрочени|Планирани|Отложени",
  ca: "Safata d'entrada|Entrada|Enviats|Correu enviat|Missatges enviats|Esborranys|Correu brossa|Paperera|Destacats|Important|Importants|Xats|Tots els missatges|Tot el correu|Arxiu|Arxivats|No llegits|Programats|Posposats|Ajornats",
  cs: "Doručená pošta|Doručené|Odeslaná pošta|Odeslané|Koncepty|Spam|Koš|S hvězdičkou|Důležité|Důležitá|Chaty|Všechny zprávy|Všechna pošta|Všechny e-maily|Archiv|Archivováno|Nepřečtené|Nepřečteno|Naplánované|Naplánováno|Odložené|Odloženo",
  da: "Indbakke|Sendt|Sendte|Sendte mails|Kladder|Kladde|Spam|Papirkurv|Stjernemarkeret|Stjernemarkerede|Med stjerne|Vigtig|Vigtige|Vigtigt|Chats|Chatsamtaler|Alle mails|Alle e-mails|Al post|Arkiv|Arkiveret|Arkiverede|Ulæst|Ulæste|Planlagt|Planlagte|Udsat|Udsatte",
  de: "Posteingang|Gesendet|Gesendete Nachrichten|Entwurf|Entwürfe|Spam|Papierkorb|Markiert|Wichtig|Chats|Alle Nachrichten|Alle E-Mails|Archiv|Archiviert|Ungelesen|Geplant|Zurückgestellt",
  el: "Εισερχόμενα|Απεσταλμένα|Σταλμένα|Πρόχειρα|Ανεπιθύμητα|Ανεπιθύμητη αλληλογραφία|Κάδος|Κάδος απορριμμάτων|Με αστέρι|Σημαντικά|Σημαντικό|Συνομιλίες|Όλα τα μηνύματα|Όλη η αλληλογραφία|Αρχείο|Αρχειοθετημένα|Μη αναγνωσμένα|Προγραμματισμένα|Σε αναβολή",
  es: "Recibidos|Bandeja de entrada|Enviado|Enviados|Borrador|Borradores|Spam|Papelera|Destacados|Importante|Importantes|Chats|Todos|Todos los mensajes|Archivo|Archivado|Archivados|No leído|No leídos|Programado|Programados|Pospuesto|Pospuestos",
  et: "Postkast|Sisendkaust|Saadetud|Saadetud kirjad|Mustandid|Rämpspost|Prügikast|Tärniga|Tärniga tähistatud|Tähtis|Oluline|Olulised|Vestlused|Kõik kirjad|Kõik meilid|Arhiiv|Arhiivitud|Lugemata|Ajastatud|Edasi lükatud|Edasilükatud",
  fi: "Saapuneet|Postilaatikko|Lähetetyt|Lähetetty|Luonnokset|Luonnos|Roskaposti|Roskakori|Tähdellä merkitty|Tähdellä merkityt|Tärkeä|Tärkeät|Chatit|Keskustelut|Kaikki viestit|Arkisto|Arkistoidut|Lukematon|Lukemattomat|Ajastettu|Ajastetut|Torkutettu|Torkutetut",
  fr: "Boîte de réception|Envoyé|Envoyés|Messages envoyés|Brouillon|Brouillons|Spam|Pourriel|Corbeille|Suivi|Suivis|Messages suivis|Important|Importants|Chats|Clavardages|Tous les messages|Archive|Archives|Archivé|Archivés|Non lu|Non lus|Planifié|Planifiés|Programmés|En attente|Reportés",
  he: "דואר נכנס|נשלח|נשלחו|דואר יוצא|טיוטה|טיוטות|ספאם|דואר זבל|אשפה|פח אשפה|מסומן בכוכב|מסומנים בכוכב|חשוב|צ'אטים|כל הדואר|ארכיון|לא נקרא|לא נקראו|מתוזמן|מתוזמנים|בהשהיה|נדחו",
  hr: "Pristigla pošta|Pristiglo|Primljeno|Poslano|Poslana pošta|Skice|Spam|Neželjena pošta|Otpad|Smeće|Sa zvjezdicom|Važno|Chatovi|Sva pošta|Sve poruke|Arhiva|Arhivirano|Nepročitano|Zakazano|Odgođeno",
  hu: "Beérkező levelek|Beérkezett üzenetek|Elküldött|Elküldött levelek|Piszkozatok|Vázlatok|Spam|Kuka|Csillagozott|Fontos|Csevegések|Összes levél|Minden levél|Archívum|Archivált|Olvasatlan|Ütemezett|Elhalasztott",
  id: "Kotak Masuk|Terkirim|Pesan Terkirim|Surat Terkirim|Draf|Spam|Sampah|Tong Sampah|Berbintang|Penting|Chat|Semua Email|Semua Surat|Arsip|Diarsipkan|Belum Dibaca|Terjadwal|Dijadwalkan|Ditunda",
  it: "Posta in arrivo|Posta inviata|Inviata|Inviati|Bozza|Bozze|Spam|Cestino|Speciali|Importante|Importanti|Chat|Tutti i messaggi|Archivio|Archiviati|Da leggere|Non letti|Programmati|Pianificati|Posticipati",
  ja: "受信トレイ|送信済みメール|送信済み|下書き|迷惑メール|ゴミ箱|スター付き|重要|チャット|すべてのメール|アーカイブ|アーカイブ済み|未読|予定|送信予定|予約送信|スヌーズ中",
  ko: "받은편지함|보낸편지함|임시보관함|스팸함|스팸|휴지통|별표편지함|별표|중요|중요편지함|채팅|전체보관함|보관처리|보관함|읽지않음|읽지 않음|예약됨|예약편지함|다시 알림 항목|다시알림",
  lt: "Gautieji|Gauti|Išsiųsti|Išsiųstieji|Išsiųsti laiškai|Juodraščiai|Šlamštas|Šiukšliadėžė|Šiukšlinė|Pažymėta žvaigždute|Su žvaigždute|Svarbu|Svarbūs|Pokalbiai|Visi laiškai|Archyvas|Archyvuota|Neskaityta|Neskaityti|Suplanuota|Suplanuoti|Atidėta|Atidėti",
  lv: "Iesūtne|Nosūtīts|Nosūtītie|Nosūtītās vēstules|Melnraksti|Mēstules|Surogātpasts|Miskaste|Atkritne|Ar zvaigznīti|Svarīgi|Svarīgas|Tērzēšanas|Visas vēstules|Viss pasts|Arhīvs|Arhivēts|Nelasīti|Nelasītie|Nelasītas|Ieplānots|Ieplānotie|Atlikts|Atliktie",
  nl: "Inbox|Postvak IN|Verzonden|Verzonden berichten|Concept|Concepten|Spam|Prullenbak|Met ster|Belangrijk|Chats|Alle berichten|Alle e-mail|Alle e-mails|Archief|Gearchiveerd|Ongelezen|Gepland|Uitgesteld|Gesnoozed",
  no: "Innboks|Sendt|Sendt e-post|Sendte|Utkast|Søppelpost|Spam|Papirkurv|Søppel|Stjernemerket|Stjernemerkede|Viktig|Viktige|Chatter|All e-post|Arkiv|Arkivert|Ulest|Uleste|Planlagt|Planlagte|Utsatt|Slumret",
  pl: "Odebrane|Skrzynka odbiorcza|Wysłane|Robocze|Wersje robocze|Wersja robocza|Spam|Kosz|Oznaczone gwiazdką|Ważne|Czaty|Wszystkie|Wszystkie wiadomości|Archiwum|Zarchiwizowane|Nieprzeczytane|Zaplanowane|Odłożone",
  "pt-br":
    "Caixa de entrada|Entrada|Enviado|Enviados|E-mails enviados|Rascunho|Rascunhos|Spam|Lixeira|Com estrela|Importante|Importantes|Chats|Bate-papos|Todos os e-mails|Arquivo|Arquivado|Arquivados|Não lido|Não lidos|Programado|Programados|Agendados|Adiado|Adiados",
  "pt-pt":
    "Caixa de entrada|Recebidos|Enviado|Enviados|Correio enviado|Rascunho|Rascunhos|Spam|Lixo|Reciclagem|Com estrela|Importante|Importantes|Chats|Todo o correio|Todo o e-mail|Arquivo|Arquivado|Arquivados|Não lido|Não lidos|Agendado|Agendados|Suspenso|Suspensos",
  ro: "Mesaje primite|Primite|Mesaje trimise|Trimise|Mesaje nefinalizate|Ciorne|Schițe|Spam|Coș de gunoi|Coș|Cu stea|Important|Importante|Chat|Chaturi|Toate mesajele|Arhivă|Arhivate|Necitit|Necitite|Programate|Amânate",
  ru: "Входящие|Отправленные|Черновики|Спам|Корзина|Помеченные|Отмеченные|Важное|Важные|Чаты|Вся почта|Архив|Архивированные|Непрочитанные|Запланированные|Отложенные",
  sk: "Doručená pošta|Doručené|Odoslaná pošta|Odoslané|Koncepty|Spam|Kôš|S hviezdičkou|Dôležité|Čety|Chaty|Všetky správy|Všetka pošta|Archív|Archivované|Neprečítané|Naplánované|Odložené",
  sl: "Prejeto|Poslano|Osnutki|Vsiljena pošta|Smetnjak|Koš|Z zvezdico|Označeno z zvezdico|Pomembno|Klepeti|Vsa pošta|Arhiv|Arhivirano|Neprebrano|Razporejeno|Načrtovano|Odloženo|Preloženo",
  sv: "Inkorg|Inkorgen|Skickat|Skickade|Skickade mail|Utkast|Skräppost|Papperskorg|Papperskorgen|Stjärnmärkt|Stjärnmärkta|Viktigt|Viktiga|Chatt|Chattar|Alla mail|Alla mejl|All e-post|Arkiv|Arkiverat|Arkiverade|Oläst|Olästa|Schemalagt|Schemalagda|Pausat|Pausade|Snoozade",
  th: "กล่องจดหมาย|จดหมายที่ส่งแล้ว|ส่งแล้ว|จดหมายร่าง|ร่างจดหมาย|จดหมายขยะ|สแปม|ถังขยะ|ติดดาว|ที่ติดดาว|สำคัญ|แชท|จดหมายทั้งหมด|เก็บถาวร|ที่เก็บถาวร|ยังไม่ได้อ่าน|ตั้งเวลา|ตั้งเวลาไว้|เลื่อนการแจ้งเตือน",
  tr: "Gelen Kutusu|Gönderilmiş|Gönderilenler|Gönderilmiş Postalar|Taslak|Taslaklar|Spam|Çöp|Çöp Kutusu|Yıldızlı|Yıldızlananlar|Önemli|Sohbetler|Tüm Postalar|Arşiv|Arşivlendi|Okunmamış|Okunmadı|Planlanmış|Planlananlar|Zamanlanmış|Ertelenen|Ertelenmiş",
  uk: "Вхідні|Надіслані|Чернетки|Спам|Кошик|Із зірочкою|Важливо|Важливі|Чати|Уся пошта|Вся пошта|Архів|Архівовані|Непрочитані|Заплановані|Відкладені",
  vi: "Hộp thư đến|Đã gửi|Thư đã gửi|Thư nháp|Thư rác|Thùng rác|Có gắn sao|Có gắn dấu sao|Quan trọng|Trò chuyện|Tất cả thư|Lưu trữ|Đã lưu trữ|Chưa đọc|Đã lên lịch|Đã tạm ẩn",
  "zh-cn":
    "收件箱|已发邮件|已发送|草稿|草稿箱|垃圾邮件|已删除邮件|回收站|已加星标|重要邮件|重要|聊天|聊天记录|所有邮件|归档|已归档|未读|未读邮件|已安排|已安排时间|定时发送|已延后|已暂停",
  "zh-tw":
    "收件匣|寄件備份|草稿|垃圾郵件|垃圾桶|已加星號|重要郵件|重要|即時通訊|聊天|所有郵件|封存|已封存|未讀|未讀郵件|已排定時間|已排定|已延後"
}

/** One spelling for comparison: Gmail tells names apart neither by case nor by how an accent is composed. */
export const foldLabel = (name: string): string => name.normalize("NFC").toLowerCase()

/**
 * First levels of a label's name that Gmail refuses, folded. Below another label they are free, so a parent for all of
 * them avoids the whole class. `language` is the account's interface language, as `settings.getLanguage` gives it
 * (`pt-BR`); every language where that is empty or not known.
 */
export const reservedFirstLevels = (language?: string): ReadonlySet<string> => {
  const tag = language?.toLowerCase()
  const its = Object.keys(localised).filter(
    (known) => tag === known || tag?.startsWith(`${known}-`) === true || tag === known.slice(0, 2)
  )
  // A language we have no words for may be near one that we have: better a name too many than a refusal.
  const languages = its.length > 0 || tag?.startsWith("en") === true ? its : Object.keys(localised)
  const words = languages.flatMap((known) => localised[known]?.split("|") ?? [])
  return new Set([...english, ...imapParents, ...words].map(foldLabel))
}
