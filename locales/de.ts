import type { Messages } from "./en.ts";

/** German, with formal address. */
export const de: Messages = {
  // Page frame
  "frame.title": "{page} · {organization}",
  "frame.skip": "Zum Inhalt springen",
  "frame.nav": "Hauptnavigation",
  "frame.organization": "Organisation",
  "frame.pricing": "Preise",
  "frame.sign_out": "Abmelden",
  "frame.footer": "Zahlungen werden von Stripe abgewickelt.",
  "frame.support": "Support",
  "frame.terms": "AGB",
  "frame.privacy": "Datenschutz",
  "frame.language": "Sprache",
  "frame.console": "Sandbox-Konsole",
  "frame.parts": "Abschnitte dieser Seite",

  // Mode bar
  "mode.sandbox": "Sandbox",
  "mode.test": "Testmodus",
  "mode.local_stripe": "lokales Stripe, kein echtes Geld",
  "mode.stripe_test": "Stripe, Testmodus",
  "mode.stripe_live": "Stripe, Livemodus",
  "mode.stripe_at": "unter {origin}",
  "mode.local_sign_in": "lokale Anmeldung",
  "mode.your_sign_in": "Ihre Anmeldung",
  "mode.label": "Modus",

  // Sign-in
  "sign_in.title": "Anmelden",
  "sign_in.eyebrow": "Lokale Anmeldung",
  "sign_in.heading": "Testnutzer auswählen",
  "sign_in.lead":
    "Es sind keine Konten eingerichtet, Sie können sich daher als beliebiger Nutzer anmelden. Jeder sieht eine andere Ansicht.",
  "sign_in.no_organization": "Keine Organisation",
  "sign_in.no_organization_about":
    "Noch kein Mitglied: die Ansicht neuer Nutzer.",
  "signed_out.eyebrow": "Abgemeldet",
  "signed_out.heading": "Melden Sie sich an, um fortzufahren",
  "signed_out.ended_heading": "Ihre Sitzung ist abgelaufen",
  "signed_out.lead":
    "Diese Seite gehört zu einer Organisation. Melden Sie sich an, um Ihre zu sehen.",
  "signed_out.ended_lead":
    "Sitzungen laufen bei Inaktivität ab. Melden Sie sich an, um zu dieser Seite zurückzukehren.",
  "signed_out.elsewhere":
    "Melden Sie sich in Ihrer Anwendung an und kehren Sie dann zu dieser Seite zurück.",
  "signed_out.action": "Anmelden",
  "no_organization.eyebrow": "Keine Organisation",
  "no_organization.title": "Organisation auswählen",
  "no_organization.heading": "Wählen Sie zuerst eine Organisation aus",
  "no_organization.lead_sandbox":
    "Tarife und Abrechnung gehören zu einer Organisation. Wählen Sie eine, in der Sie Mitglied sind, oder melden Sie sich als anderer Testnutzer an.",
  "no_organization.lead":
    "Tarife und Abrechnung gehören zu einer Organisation. Wählen Sie eine dort aus, wo Sie sich angemeldet haben, oder bitten Sie einen Admin um eine Einladung.",
  "no_organization.choose": "Organisation auswählen",

  // Actions on several pages
  "action.see_plans": "Tarife ansehen",
  "action.choose_plan": "Tarif auswählen",
  "action.back_to_plans": "Zurück zu den Tarifen",
  "action.to_organization": "Zu Ihrer Organisation",
  "action.try_again": "Erneut versuchen",
  "action.refresh": "Von Stripe aktualisieren",
  "action.buy_tokens": "Tokens kaufen",
  "action.update_card": "Karte aktualisieren",
  "action.add_card": "Karte hinzufügen",
  "action.pay_invoice": "Offene Rechnung bezahlen",
  "action.finish_payment": "Zahlung abschließen",
  "action.resume": "{plan} fortsetzen",

  // Error pages
  "error.eyebrow": "Fehler {status}",
  "error.request_id": "Anfrage-ID: {id}",
  "error.details": "Details: {message}",
  "error.no_customer.heading": "Noch keine Abrechnung",
  "error.no_customer.text":
    "Ihre Organisation hat noch keine Zahlungsmethode und keine Rechnungen. Wählen Sie einen Tarif, um zu beginnen.",
  "error.deleted.heading": "Diese Organisation wurde gelöscht",
  "error.deleted.text":
    "Tarif, Guthaben und Schlüssel gibt es nicht mehr. Wählen Sie eine andere Organisation, um fortzufahren.",
  "error.flow.heading": "Diese Änderung ist nicht verfügbar",
  "error.flow.text":
    "Ihr Tarif hat sich möglicherweise geändert, seit Sie die Seite geöffnet haben. Den aktuellen Tarif sehen Sie auf der Seite Ihrer Organisation.",
  "error.no_organization.text":
    "Die Abrechnung gehört zu einer Organisation, und Sie sind ohne Organisation angemeldet.",
  "error.other_organization.heading": "Sie haben die Organisation gewechselt",
  "error.other_organization.text":
    "Das abgeschickte Formular war für eine andere Organisation. Es wurde nichts geändert.",
  "error.401.text":
    "Melden Sie sich an, um zu Ihrer Organisation zurückzukehren.",
  "error.403.heading": "Kein Zugriff",
  "error.403.text": "Bitten Sie einen Admin Ihrer Organisation um Zugriff.",
  "error.404.heading": "Seite nicht gefunden",
  "error.404.text":
    "Die Adresse ist möglicherweise falsch geschrieben, oder die Seite wurde verschoben.",
  "error.429.heading": "Zu viele Anfragen",
  "error.429.text":
    "Sie haben zu viele Anfragen gesendet. Warten Sie eine Minute und versuchen Sie es erneut. Es wurde nichts geändert.",
  "error.503.heading": "Vorübergehend nicht verfügbar",
  "error.503.text":
    "Ein Dienst, den diese Seite benötigt, ist nicht erreichbar. Es wurde nichts geändert. Versuchen Sie es in einigen Sekunden erneut.",
  "error.stripe.heading": "Stripe ist nicht erreichbar",
  "error.stripe.text":
    "Es wurde nichts geändert. Versuchen Sie es in einigen Sekunden erneut.",
  "error.500.heading": "Etwas ist schiefgelaufen",
  "error.500.text":
    "Wir haben den Fehler protokolliert. Versuchen Sie es gleich noch einmal; wenn er weiterhin auftritt, nennen Sie uns diese Anfrage-ID.",
  "error.400.heading": "Ungültiger Link",
  "error.400.text":
    "Ein Teil der Adresse ist falsch geschrieben oder veraltet.",
  "error.400.action": "Ohne Filter öffnen",
  "error.refused.heading": "Die Anfrage konnte nicht ausgeführt werden",
  "error.refused.text": "Gehen Sie zurück und versuchen Sie es erneut.",

  // Results of actions
  "flash.plan_active": "{plan} ist aktiv.",
  "flash.paid": "Zahlung bestätigt. Vielen Dank.",
  "flash.paid_invoice":
    "Ihre Zahlung ist bestätigt. Die Rechnung finden Sie unter „Abrechnung verwalten“.",
  "flash.trial":
    "Ihr Testzeitraum läuft bis {date}. Vorher wird Ihnen nichts berechnet.",
  "flash.paid_pack":
    "Zahlung bestätigt. Vielen Dank. Die Tokens sind in Ihrem Guthaben, die Rechnung finden Sie unten.",
  "flash.processing_pack":
    "Zahlung ausstehend. Vielen Dank. Die Tokens werden gutgeschrieben, sobald die Zahlung eingeht, meist innerhalb weniger Tage.",
  "flash.processing":
    "Zahlung ausstehend. Vielen Dank. Ihr Tarif beginnt, sobald die Zahlung eingeht, meist innerhalb weniger Tage.",
  "flash.payment_failed":
    "Ihre Zahlung ist fehlgeschlagen, und Ihnen wurde nichts berechnet. Wählen Sie einen Tarif, um es mit einer anderen Zahlungsmethode zu versuchen.",
  "flash.payment_failed_pack":
    "Ihre Zahlung ist fehlgeschlagen, und Ihnen wurde nichts berechnet. Es wurden keine Tokens gutgeschrieben.",
  "flash.open":
    "Der Bezahlvorgang ist nicht abgeschlossen, und Ihnen wurde nichts berechnet. Wählen Sie den Tarif erneut, um fortzufahren.",
  "flash.expired":
    "Der Bezahlvorgang ist abgelaufen, und Ihnen wurde nichts berechnet. Wählen Sie einen Tarif, um neu zu beginnen.",
  "flash.not_yours":
    "Dieser Bezahlvorgang gehört zu einer anderen Organisation. Die Abrechnung dieser Organisation sehen Sie unten.",
  "flash.unavailable":
    "Stripe ist nicht erreichbar, um Ihre Zahlung zu bestätigen. Ihre Zahlung ist sicher: Laden Sie diese Seite gleich neu.",
  "flash.checked": "Alles auf dem neuesten Stand.",
  "flash.too_soon":
    "Gerade erst aktualisiert. Versuchen Sie es in zehn Sekunden erneut.",
  "flash.failed": "Stripe ist nicht erreichbar.",
  "flash.outdated": "Die Angaben unten sind möglicherweise nicht aktuell.",
  "flash.last_synced": "Die Angaben unten haben den Stand vom {time}.",

  // Organization page
  "plans.tab": "Tarife",
  "plans.activity_tab": "Aktivität",
  "plans.details_tab": "Details",
  "plans.all": "Alle Tarife",
  "plans.tokens":
    "{count, plural, one {# Token pro Monat} other {# Tokens pro Monat}}",
  "plans.calls":
    "{count, plural, one {# API-Aufruf pro Minute} other {# API-Aufrufe pro Minute}}",
  "plans.your_plan": "Ihr Tarif",
  "plans.custom": "Individueller Tarif",

  // Prices
  "rate.month": "{amount} pro Monat",
  "rate.year": "{amount} pro Jahr",
  "plan_interval.month": "{plan} (monatlich)",
  "plan_interval.year": "{plan} (jährlich)",
  "interval.legend": "Abrechnungszeitraum",
  "interval.month": "Monatlich",
  "interval.year": "Jährlich",
  "interval.save_up_to": "bis zu {amount} sparen",
  "price.zero_note": "Keine Karte erforderlich",
  "price.unavailable": "Preis nicht verfügbar",
  "price.per_month": "<strong>{amount}</strong> pro Monat",
  "price.per_year": "<strong>{amount}</strong> pro Jahr",
  "price.or_month": "oder {amount} pro Monat",
  "price.or_year": "oder {amount} pro Jahr",
  "price.or_year_saving": "oder {amount} pro Jahr, {saving} sparen",
  "price.saving": "{saving} sparen",
  "limits.tokens": "Tokens pro Monat",
  "limits.calls": "API-Aufrufe pro Minute",
  "pricing.title": "Preise",
  "pricing.start": "Kostenlos starten",
  "pricing.contact":
    "Sie brauchen einen individuellen Tarif? <link>Kontakt aufnehmen</link>",
  "plans.recommended": "Empfohlen",
  "pricing.heading": "Drei Tarife, eine Rechnung",
  "pricing.lead":
    "Starten Sie ohne Karte. Ein Tarif gilt für Ihre Organisation; unter „Abrechnung verwalten“ können Sie ihn jederzeit ändern oder kündigen.",

  // Plan cards: status and action
  "plan.choose": "{plan} auswählen",
  "plan.try":
    "{days, plural, one {{plan} # Tag testen} other {{plan} # Tage testen}}",
  "plan.starts_on": "Beginnt am {date}",
  "plan.ends_on": "Endet am {date}",
  "plan.from": "Ab {date}",
  "plan.until": "Bis {date}",
  "plan.keep": "{plan} behalten",
  "plan.cancel": "{plan} kündigen",
  "plan.cancel_custom": "Tarif kündigen",
  "plan.switch": "Zu {plan} wechseln",
  "plan.switch_month": "Zu monatlich wechseln",
  "plan.switch_year": "Zu jährlich wechseln",
  "plan.starts_once_paid": "Beginnt nach der Zahlung",
  "plan.retrying": "Aktiv – Zahlung wird wiederholt",
  "plan.on_hold": "Ausgesetzt, bis die offene Rechnung bezahlt ist",
  "plan.paused": "Pausiert. Ihnen wird nichts berechnet.",
  "plan.current": "Aktueller Tarif",
  "plan.current_rate": "Aktueller Tarif: {rate}",
  "plan.trial_then": "Testzeitraum, danach {rate}",
  "plan.after_first_payment": "Verfügbar nach der ersten Zahlung für {plan}",
  "plan.after_payment": "Verfügbar, sobald Ihre Zahlung erfolgt ist",
  "plan.after_resume": "Verfügbar, sobald {plan} fortgesetzt wird",
  "plan.change_scheduled": "Ein Tarifwechsel ist geplant",
  "plan.undo_change": "Wechsel rückgängig machen",
  "plan.keep_to_switch": "Behalten Sie {plan}, um den Tarif zu wechseln",
  "plan.prices_unknown":
    "Die Preise können nicht geladen werden. Versuchen Sie es gleich noch einmal.",
  "plan.custom_change":
    "Individueller Tarif – kontaktieren Sie uns für Änderungen",

  // Subscription status
  "status.charged_to": "Wird mit {card} bezahlt",
  "status.no_card": "Keine Zahlungsmethode",
  "status.incomplete": "{plan} beginnt nach der ersten Zahlung.",
  "status.incomplete_expired":
    "Die erste Zahlung für {plan} wurde nicht abgeschlossen.",
  "status.paused": "Pausiert. Ihnen wird nichts berechnet.",
  "status.unpaid": "Ausgesetzt, bis die offene Rechnung bezahlt ist.",
  "status.ended": "{plan} ist beendet.",
  "status.ended_on": "{plan} endete am {date}.",
  "status.ended_unpaid":
    "{plan} endete am {date}, weil die Zahlung fehlgeschlagen ist.",
  "status.ended_disputed":
    "{plan} endete am {date}, weil eine Zahlung angefochten wurde.",
  "status.ends_on": "Endet am {date}. Danach wird Ihnen nichts mehr berechnet.",
  "status.past_due": "Ihre letzte Zahlung ist fehlgeschlagen.",
  "status.change": "{plan} beginnt am {date}.",
  "status.change_rate": "{plan} beginnt am {date} zum Preis von {rate}.",
  "status.trial": "Ihr Testzeitraum läuft bis {date}.",
  "status.trial_then": "Ihr Testzeitraum läuft bis {date}, danach {rate}.",
  "status.next_charge": "Nächste Abbuchung am {date}.",
  "status.next_charge_amount": "Nächste Abbuchung: {amount} am {date}.",
  "card.ending": "{brand} mit den Endziffern {last4}",
  "invoice.due": "Für Rechnung {number} sind {amount} fällig.",

  // Manage Billing
  "manage.button": "Abrechnung verwalten",
  "manage.about":
    "Aktualisieren Sie Zahlungsmethode und Rechnungsdaten oder laden Sie Rechnungen herunter.",
  "manage.forbidden":
    "Nur Admins können die Abrechnung verwalten. Bitten Sie einen Admin Ihrer Organisation um Zugriff.",
  "manage.none": "Noch keine Abrechnung.",
  "manage.none_text":
    "Wählen Sie einen Tarif, um eine Zahlungsmethode zu hinterlegen und Rechnungen zu sehen.",
  "manage.none_member":
    "Sobald ein Admin einen Tarif wählt, erscheinen hier Zahlungsmethode und Rechnungen.",
  "redirect.pending": "Stripe wird geöffnet …",
  "redirect.timeout":
    "Stripe braucht zu lange. Versuchen Sie es gleich noch einmal.",
  "redirect.offline":
    "Der Server ist nicht erreichbar. Prüfen Sie Ihre Verbindung und versuchen Sie es erneut.",
  "redirect.session_ended": "Ihre Sitzung ist abgelaufen.",
  "redirect.sign_in": "Erneut anmelden",
  "redirect.forbidden":
    "Nur Admins können die Abrechnung verwalten. Bitten Sie einen Admin um Zugriff.",
  "redirect.outdated": "Diese Seite ist veraltet. Laden Sie sie neu.",
  "redirect.busy":
    "Zu viele Anfragen. Versuchen Sie es in {seconds} Sekunden erneut.",
  "redirect.failed":
    "Stripe konnte nicht geöffnet werden. Versuchen Sie es gleich noch einmal.",
  "redirect.no_billing": "Noch keine Abrechnung.",
  "redirect.plan_unavailable":
    "Dieser Tarif ist nicht verfügbar. Laden Sie die Seite neu, um die aktuellen Tarife zu sehen.",

  // Alerts
  "alert.ask_finish":
    "Bitten Sie einen Admin Ihrer Organisation, sie abzuschließen.",
  "alert.ask_card":
    "Bitten Sie einen Admin Ihrer Organisation, die Karte zu aktualisieren.",
  "alert.ask_pay":
    "Bitten Sie einen Admin Ihrer Organisation, die Karte zu aktualisieren und die offene Rechnung zu bezahlen.",
  "alert.ask_resume":
    "Bitten Sie einen Admin Ihrer Organisation, den Tarif fortzusetzen.",
  "alert.ask_add_card":
    "Bitten Sie einen Admin Ihrer Organisation, eine Karte hinzuzufügen.",
  "alert.unfinished": "Schließen Sie Ihre Zahlung ab",
  "alert.unfinished_amount": "Schließen Sie Ihre Zahlung über {amount} ab",
  "alert.unfinished_text":
    "Schließen Sie die Zahlung ab, um {plan} zu starten. Andernfalls verfällt sie nach 23 Stunden, und Ihnen wird nichts berechnet.",
  "alert.unfinished_by":
    "Schließen Sie die Zahlung bis zum {time} ab, um {plan} zu starten. Danach verfällt sie, und Ihnen wird nichts berechnet.",
  "alert.failed": "Ihre letzte Zahlung ist fehlgeschlagen",
  "alert.failed_amount": "Ihre letzte Zahlung über {amount} ist fehlgeschlagen",
  "alert.retry":
    "Wir versuchen am {date} erneut, Rechnung {number} abzubuchen.",
  "alert.no_retry":
    "Rechnung {number} wird nicht automatisch erneut abgebucht.",
  "alert.failed_text":
    "{plan} bleibt aktiv, während wir die Zahlung erneut versuchen.",
  "alert.failed_step": "Aktualisieren Sie Ihre Karte, um {plan} zu behalten.",
  "alert.given_up": "{plan} ist ausgesetzt: Zahlung fehlgeschlagen",
  "alert.given_up_text":
    "Alle Zahlungsversuche sind fehlgeschlagen. Ihre Daten sind sicher.",
  "alert.given_up_step":
    "Aktualisieren Sie Ihre Karte und bezahlen Sie dann die offene Rechnung.",
  "alert.paused": "{plan} ist pausiert",
  "alert.paused_no_card":
    "Es ist keine Karte hinterlegt, die belastet werden kann.",
  "alert.paused_text": "Bis zur Fortsetzung wird Ihnen nichts berechnet.",
  "alert.paused_step":
    "Setzen Sie den Tarif unter „Abrechnung verwalten“ fort.",
  "alert.paused_add_card":
    "Hinterlegen Sie eine Karte und setzen Sie den Tarif dann unter „Abrechnung verwalten“ fort.",
  "alert.trial": "Ihr Testzeitraum endet am {date}",
  "alert.trial_ends":
    "{plan} endet mit dem Testzeitraum. Ihnen wird nichts berechnet.",
  "alert.trial_no_card":
    "Fügen Sie eine Karte hinzu, um {plan} nach dem Testzeitraum zu behalten.",
  "alert.trial_continues":
    "Danach läuft {plan} weiter und wird mit {card} bezahlt. Kündigen Sie vorher, um die Abbuchung zu vermeiden.",
  "alert.trial_continues_rate":
    "Danach läuft {plan} für {rate} weiter und wird mit {card} bezahlt. Kündigen Sie vorher, um die Abbuchung zu vermeiden.",

  // Plan change
  "change.title": "Zu {plan} wechseln",
  "change.organization": "Ihre Organisation",
  "change.continue": "Weiter",
  "change.keep": "Aktuellen Tarif behalten",
  "change.forbidden":
    "Nur Admins können den Tarif ändern. Bitten Sie einen Admin Ihrer Organisation um Zugriff.",
  "change.trial_ends": "Ihr Testzeitraum endet mit diesem Wechsel.",
  "change.due": "Heute {amount} fällig, ab {date} dann {rate}.",
  "change.due_only":
    "Heute {amount} fällig. Ihr Abonnement endet weiterhin am {date}.",
  "change.credit":
    "{amount} für nicht genutzte Zeit werden mit späteren Rechnungen verrechnet.",
  "change.due_today": "Heute fällig",
  "change.estimate":
    "Schätzung von Stripe. Sie bestätigen auf der nächsten Seite.",
  "change.unknown":
    "Der heutige Betrag kann nicht von Stripe abgerufen werden. Der neue Preis ist {rate}; den fälligen Betrag sehen Sie vor der Bestätigung.",
  "change.later":
    "{plan} beginnt am {date} zum Preis von {rate}. Heute ist nichts fällig.",
  "change.later_note":
    "{plan} ist bis dahin bezahlt und bleibt aktiv. Sie bestätigen auf der nächsten Seite.",
  "change.same": "Das ist bereits Ihr Tarif.",
  "change.impossible":
    "Ihre Organisation kann derzeit nicht zu diesem Tarif wechseln. Ihre Möglichkeiten sehen Sie auf der Tarifseite.",
  "keep.heading": "{plan} behalten?",
  "keep.change":
    "Der Wechsel zu {next} am {date} wird rückgängig gemacht. {plan} verlängert sich wie bisher.",
  "keep.end":
    "{plan} endet nicht am {date}, sondern verlängert sich wie bisher.",
  "keep.back": "Zurück",
  "checkout.eyebrow": "Bezahlen",
  "checkout.continue": "Weiter zur Zahlung",
  "checkout.lead":
    "Sie bezahlen auf {host}. Wenn sich die Seite nicht automatisch öffnet, verwenden Sie die Schaltfläche.",

  // Changes on Stripe's pages
  "changes.none": "Ihr Tarif ist unverändert.",
  "changes.started": "{plan} ist aktiv.",
  "changes.plan": "Zu {plan} gewechselt.",
  "changes.plan_paid": "Zu {plan} gewechselt: {amount} bezahlt.",
  "changes.monthly": "Auf monatliche Abrechnung umgestellt.",
  "changes.monthly_paid":
    "Auf monatliche Abrechnung umgestellt: {amount} bezahlt.",
  "changes.yearly": "Auf jährliche Abrechnung umgestellt.",
  "changes.yearly_paid":
    "Auf jährliche Abrechnung umgestellt: {amount} bezahlt.",
  "changes.scheduled": "{plan} bis {date}, danach {next}.",
  "changes.scheduled_monthly": "{plan} jährlich bis {date}, danach monatlich.",
  "changes.scheduled_yearly": "{plan} monatlich bis {date}, danach jährlich.",
  "changes.undone":
    "Der Tarifwechsel wurde rückgängig gemacht. Sie behalten {plan}.",
  "changes.ends": "{plan} endet am {date}.",
  "changes.ended": "{plan} ist beendet.",
  "changes.resumed": "{plan} wird fortgesetzt.",
  "changes.paused": "{plan} ist pausiert.",
  "changes.paid": "Zahlung eingegangen. {plan} ist aktiv.",
  "changes.paid_amount": "Zahlung über {amount} eingegangen. {plan} ist aktiv.",
  "changes.card": "Karte aktualisiert: {card}.",

  // Organization details
  "details.billing_heading": "Rechnungsdaten",
  "details.billing_email": "E-Mail für Rechnungen",
  "details.address": "Adresse",
  "details.tax_ids": "Steuernummern",
  "details.payment_method": "Zahlungsmethode",
  "details.not_set": "Nicht angegeben",
  "details.edit": "Bearbeiten",
  "details.edit_of": "Bearbeiten: {detail}",
  "details.about":
    "Diese Angaben stehen auf Ihren Rechnungen. Sie ändern sie auf den Seiten von Stripe.",
  "details.unavailable": "Ihre Rechnungsdaten sind sicher.",
  "details.expires": "Gültig bis {date}",
  "details.expired": "Abgelaufen {date}",
  "details.verified": "bestätigt",
  "details.pending": "Prüfung läuft",
  "details.unverified": "nicht bestätigt",
  "details.organization": "Organisation",
  "details.unnamed": "Name nicht verfügbar",
  "details.id": "ID",
  "details.role": "Ihre Rolle",
  "details.no_role": "Keine",
  "details.access": "Zugriff auf die Abrechnung",
  "details.all_members": "Alle Mitglieder",
  "details.access_yes": "{roles} – Sie haben Zugriff",
  "details.access_no": "{roles} – Sie haben keinen Zugriff",
  "details.you": "Sie",
  "details.your_organization": "Ihre Organisation",
  "details.name": "Name",
  "details.email": "E-Mail",
  "role.admin": "Admin",
  "role.member": "Mitglied",

  // Account page
  "account.title": "Konto",
  "account.wallet": "Guthaben",
  "account.usage": "Nutzung",
  "account.usage_heading": "Nutzung in den letzten 30 Tagen",
  "account.ledger": "Buchungen",
  "account.invoices": "Rechnungen",
  "account.plan": "Tarif",
  "account.plan_heading": "Tarif und Abrechnung",
  "account.api_keys": "API-Schlüssel",
  "account.all_plans": "Alle Tarife ansehen",
  "account.download_csv": "CSV herunterladen",
  "wallet.total": "Token-Guthaben",
  "wallet.empty": "Ihr Guthaben ist aufgebraucht.",
  "wallet.empty_text":
    "Anfragen, die Tokens kosten, werden abgelehnt, bis Sie neue hinzufügen.",
  "wallet.low": "Ihr Guthaben ist niedrig.",
  "wallet.low_text":
    "Anfragen, die Ihr Guthaben übersteigen, werden abgelehnt.",
  "wallet.granted": "In Ihrem Tarif enthalten",
  "wallet.of": "von {count}",
  "wallet.meter": "{granted} von {total}",
  "wallet.purchased": "Gekauft",
  "wallet.purchased_text":
    "Werden nach den enthaltenen Tokens verbraucht und verfallen nie.",
  "wallet.next_with_payment":
    "Wird mit der nächsten Zahlung Ihres Tarifs erneuert.",
  "wallet.resets": "Wird am {date} auf {count} zurückgesetzt.",
  "wallet.no_rollover": "Nicht genutzte Tokens werden nicht übertragen.",
  "usage.none": "Keine Nutzung in den letzten 30 Tagen.",
  "usage.none_text":
    "<link>Erstellen Sie einen API-Schlüssel</link>, um zu beginnen; die Nutzung erscheint hier täglich.",
  "usage.none_member": "Die Nutzung erscheint hier täglich.",
  "usage.total": "{count, plural, one {# Token} other {# Tokens}}",
  "usage.summary":
    "{days, plural, one {{total} an # Tag. Höchstwert am {date}: {most}.} other {{total} in # Tagen. Höchstwert am {date}: {most}.}}",
  "usage.chart": "Pro Tag genutzte Tokens in den letzten 30 Tagen",
  "usage.chart_about":
    "Zwischen 0 und {most} pro Tag. Die Tabelle unten enthält alle Werte.",
  "usage.day": "{date}: {count}",
  "usage.today": "Heute",
  "usage.table": "Als Tabelle anzeigen",
  "usage.table_caption": "Pro Tag genutzte Tokens, in UTC",
  "usage.table_day": "Tag (UTC)",
  "usage.table_tokens": "Tokens",
  "packs.tokens":
    "{count, plural, one {<strong>#</strong> Token} other {<strong>#</strong> Tokens}}",
  "packs.once": "{amount} einmalig",
  "packs.buy": "{pack} kaufen",
  "packs.forbidden":
    "Nur Admins können Tokens kaufen. Bitten Sie einen Admin Ihrer Organisation um Zugriff.",
  "pending.thanks": "Vielen Dank.",
  "pending.processing": "{pack}: Zahlung ausstehend seit {date}.",
  "pending.processing_text":
    "{count, plural, one {# Token wird gutgeschrieben, sobald die Zahlung eingeht, meist innerhalb weniger Tage.} other {# Tokens werden gutgeschrieben, sobald die Zahlung eingeht, meist innerhalb weniger Tage.}}",
  "pending.failed": "{pack}: Zahlung am {date} fehlgeschlagen.",
  "pending.failed_text":
    "Ihnen wurde nichts berechnet, und es wurden keine Tokens gutgeschrieben.",
  "pending.buy_again":
    "Sie können es mit einer anderen Zahlungsmethode erneut versuchen.",
  "pending.ask_buy":
    "Bitten Sie einen Admin Ihrer Organisation, es erneut zu kaufen.",
  "pending.watching":
    "Diese Seite wird aktualisiert, sobald die Zahlung eingeht.",
  "pending.not_watching":
    "Kehren Sie zu dieser Seite zurück, um den Stand der Zahlung zu sehen.",

  // Transactions
  "ledger.filter": "Nach Art filtern",
  "ledger.all": "Alle",
  "ledger.grants": "Gutschriften",
  "ledger.purchases": "Käufe",
  "ledger.charges": "Verbrauch",
  "ledger.refunds": "Erstattungen",
  "ledger.expired": "Verfallen",
  "ledger.adjustments": "Anpassungen",
  "ledger.from": "Von",
  "ledger.to": "Bis",
  "ledger.apply_dates": "Zeitraum anwenden",
  "ledger.kind.grant": "Gutgeschrieben",
  "ledger.kind.purchase": "Gekauft",
  "ledger.kind.charge": "Verbraucht",
  "ledger.kind.refund": "Erstattet",
  "ledger.kind.expiry": "Verfallen",
  "ledger.kind.adjustment": "Angepasst",
  "ledger.invoice": "Rechnung",
  "ledger.invoice_of": "Rechnung für {description}",
  "ledger.unit": "Tokens",
  "ledger.balance": "Guthaben: {count}",
  "ledger.none": "Noch keine Buchungen.",
  "ledger.none_text": "Gutschriften, Käufe und Nutzung erscheinen hier.",
  "ledger.none_of_kind": "Keine Buchungen dieser Art.",
  "ledger.none_match": "Keine Buchungen entsprechen diesen Filtern.",
  "ledger.searched":
    "Keine der letzten 1.000 Buchungen passt. Ältere passen möglicherweise.",
  "ledger.searched_more":
    "Keine der nächsten 1.000 Buchungen passt. Ältere passen möglicherweise.",
  "ledger.no_older": "Keine älteren Buchungen.",
  "ledger.show_all": "Alle Buchungen anzeigen",
  "ledger.newest": "Neueste Buchungen",
  "ledger.older": "Ältere Buchungen",
  "entry.monthly": "Tarif {plan} – monatliche Tokens",
  "entry.prorated": "Tarif {plan} – anteilige Tokens",
  "entry.expired": "Nicht genutzte Tokens verfallen",
  "entry.pack": "Token-Paket {pack}",
  "entry.refund": "Token-Paket erstattet",
  "entry.dispute": "Zahlung für Token-Paket angefochten",
  "entry.refund_reversed": "Erstattung rückgängig gemacht",
  "entry.dispute_reversed": "Zahlungsanfechtung rückgängig gemacht",

  // Invoices
  "next_invoice.heading": "Nächste Rechnung",
  "next_invoice.due": "{amount} am {date}, wenn sich nichts ändert.",
  "next_invoice.total": "Fälliger Betrag",
  "invoices.unavailable": "Stripe ist nicht erreichbar.",
  "invoices.unavailable_text": "Ihre Rechnungen sind sicher.",
  "invoices.no_older": "Keine älteren Rechnungen.",
  "invoices.none": "Noch keine Rechnungen.",
  "invoices.none_text":
    "Ihre erste Rechnung erscheint nach Ihrer nächsten Zahlung.",
  "invoices.none_customer":
    "<plans>Wählen Sie einen Tarif</plans> oder <credits>kaufen Sie Tokens</credits>, um zu beginnen.",
  "invoices.newest": "Neueste Rechnungen",
  "invoices.older": "Ältere Rechnungen",
  "invoices.view": "Ansehen",
  "invoices.pdf": "PDF",
  "invoices.view_of": "Rechnung {number} ansehen",
  "invoices.pdf_of": "PDF der Rechnung {number}",
  "invoices.open": "Offen",
  "invoices.paid": "Bezahlt",
  "invoices.uncollectible": "Uneinbringlich",
  "invoices.void": "Storniert",
  "invoices.amounts_only": "Nur Admins können Rechnungen öffnen.",

  // API keys
  "keys.lead":
    "Mit API-Schlüsseln greifen Ihre Anwendungen auf {organization} zu. <link>API-Referenz</link>",
  "keys.forbidden":
    "Nur Admins können API-Schlüssel sehen und erstellen. Bitten Sie einen Admin Ihrer Organisation um Zugriff.",
  "keys.list": "Schlüssel",
  "keys.new": "Neuer Schlüssel",
  "keys.jump": "Schlüssel erstellen",
  "keys.none": "Noch keine API-Schlüssel.",
  "keys.none_text":
    "Schlüssel werden nur einmal angezeigt, bewahren Sie sie daher sicher auf.",
  "keys.permissions": "Berechtigungen",
  "keys.created": "Erstellt am {date}",
  "keys.never_used": "Nie verwendet",
  "keys.last_used": "Zuletzt verwendet: {time}",
  "keys.revoke": "Widerrufen",
  "keys.cancel": "Abbrechen",
  "keys.revoke_text":
    "Anfragen mit <strong>{name}</strong> (<code>{prefix}</code>) werden sofort abgelehnt. Das kann nicht rückgängig gemacht werden.",
  "keys.revoke_confirm": "Schlüssel widerrufen",
  "keys.revoked": "API-Schlüssel widerrufen.",
  "keys.your_new": "Ihr neuer API-Schlüssel",
  "keys.copy_now":
    "Kopieren Sie diesen Schlüssel jetzt. Er wird nicht noch einmal angezeigt.",
  "keys.replaced":
    "Das Formular wurde zweimal gesendet. Nur dieser Schlüssel ist gültig; verwerfen Sie einen zuvor kopierten.",
  "keys.label": "API-Schlüssel",
  "keys.copy": "Kopieren",
  "keys.copied": "Kopiert.",
  "keys.copy_by_hand": "Ausgewählt. Kopieren Sie ihn mit der Tastatur.",
  "keys.duplicate_revoked":
    "Mit diesem Formular wurde bereits ein Schlüssel erstellt, der inzwischen widerrufen wurde. Es wurde kein zweiter erstellt.",
  "keys.duplicate":
    "<strong>{name} wurde bereits erstellt.</strong> Es wurde kein zweiter Schlüssel erstellt, und der erste kann nicht erneut angezeigt werden. Falls Sie ihn nicht kopiert haben, widerrufen Sie ihn und erstellen Sie einen neuen.",
  "keys.full":
    "Ihre Organisation hat die Höchstzahl von {max} Schlüsseln. Widerrufen Sie einen, den Sie nicht mehr benötigen.",
  "keys.name": "Name",
  "keys.name_about": "Die Anwendung, die diesen Schlüssel verwendet.",
  "keys.name_example": "Build-Server",
  "keys.create": "Schlüssel erstellen",
  "keys.name_missing": "Geben Sie einen Namen ein.",
  "keys.name_invalid": "Höchstens 80 Zeichen in einer Zeile.",
  "keys.scopes_missing": "Wählen Sie mindestens eine Berechtigung aus.",
  "keys.expired_on": "Abgelaufen am {date}",
  "keys.expires_on": "Läuft am {date} ab",
  "keys.rotated_until": "Rotiert, gültig bis {time}",
  "keys.edit": "Bearbeiten",
  "keys.save": "Änderungen speichern",
  "keys.rotate": "Rotieren",
  "keys.rotate_about":
    "Erstellt einen neuen Schlüssel mit demselben Namen und denselben Berechtigungen. Dieser Schlüssel funktioniert noch 24 Stunden, sodass Sie ihn ohne Unterbrechung ersetzen können.",
  "keys.rotate_confirm": "Schlüssel rotieren",
  "keys.changed": "{name} wurde aktualisiert.",
  "keys.changed_revoked":
    "Der Schlüssel wurde aktualisiert und danach widerrufen.",
  "keys.already_rotated":
    "Dieser Schlüssel wurde bereits rotiert. Rotieren Sie seinen Nachfolger.",
  "keys.rotate_expired":
    "Dieser Schlüssel ist abgelaufen. Erstellen Sie einen neuen.",
  "keys.rotate_full":
    "Zu viele rotierte Schlüssel sind noch gültig. Widerrufen Sie zuerst einen.",
  "keys.try_it":
    "Probieren Sie es aus. Ersetzen Sie {prefix}… durch den kopierten Schlüssel:",
  "keys.former":
    "Der bisherige Schlüssel funktioniert bis {time}. Ersetzen Sie ihn bis dahin überall.",
  "keys.expiry": "Ablauf",
  "keys.expiry_never": "Nie",
  "keys.expiry_days": "{days, plural, one {# Tag} other {# Tage}}",
  "keys.expiry_about":
    "Anfragen mit einem abgelaufenen Schlüssel werden abgelehnt.",
  "keys.expiry_invalid": "Wählen Sie einen Ablauf aus der Liste.",
  "scope.read": "Abrechnung lesen",
  "scope.read_about": "Guthaben, Buchungen und Rechnungen.",
  "scope.manage": "Abrechnung verwalten",
  "scope.manage_about":
    "Abrechnung lesen sowie Kundenportal und Bezahlvorgang öffnen.",
  "scope.charge": "Nutzung abrechnen",
  "scope.charge_about": "Tokens für die Nutzung abziehen.",

  // Activity
  "activity.none": "Noch keine Aktivität.",
  "activity.none_text":
    "Änderungen an Tarif, Zahlungen und API-Schlüsseln erscheinen hier.",
  "activity.end": "Keine ältere Aktivität.",
  "activity.newest": "Neueste Aktivität",
  "activity.older": "Ältere Aktivität",
  "actor.operator": "Support",
  "actor.service_key": "Dienstschlüssel",
  "actor.api_key": "API-Schlüssel {name}",
  "actor.revoked_key": "Ein inzwischen widerrufener API-Schlüssel",
  "activity.portal": "Abrechnungsportal geöffnet",
  "activity.portal_card":
    "Abrechnungsportal geöffnet, um die Karte zu aktualisieren",
  "activity.portal_details":
    "Abrechnungsportal geöffnet, um die Rechnungsdaten zu aktualisieren",
  "activity.portal_plan":
    "Abrechnungsportal geöffnet, um den Tarif zu wechseln",
  "activity.portal_cancel":
    "Abrechnungsportal geöffnet, um den Tarif zu kündigen",
  "activity.portal_pause":
    "Abrechnungsportal geöffnet, um den Tarif zu pausieren",
  "activity.checkout_started": "Bezahlvorgang begonnen: {item}",
  "activity.checkout_completed": "Bezahlvorgang abgeschlossen: {item}",
  "activity.pack": "Token-Paket {pack}",
  "activity.unknown_pack": "ein Token-Paket",
  "activity.custom_plan": "individueller Tarif",
  "activity.removed": "Das Abonnement wurde entfernt",
  "activity.started": "{plan} hat begonnen",
  "activity.trial": "Der Testzeitraum für {plan} hat begonnen",
  "activity.switched": "Von {from} zu {to} gewechselt",
  "activity.scheduled": "{from} bis {date}, danach {to}",
  "activity.unscheduled":
    "Der geplante Wechsel von {plan} wurde rückgängig gemacht",
  "activity.ends": "{plan} endet am {date}",
  "activity.kept": "{plan} verlängert sich wieder",
  "activity.active": "{plan} ist aktiv",
  "activity.trialing": "{plan} ist im Testzeitraum",
  "activity.past_due": "Die Zahlung für {plan} ist überfällig",
  "activity.unpaid":
    "{plan} ist ausgesetzt: Alle Zahlungsversuche sind fehlgeschlagen",
  "activity.paused": "{plan} wurde pausiert",
  "activity.canceled": "{plan} ist beendet",
  "activity.incomplete": "{plan} wartet auf die erste Zahlung",
  "activity.incomplete_expired": "Die erste Zahlung für {plan} ist verfallen",
  "activity.updated": "{plan} wurde aktualisiert",
  "activity.payment_failed": "Eine Zahlung über {amount} ist fehlgeschlagen",
  "activity.card_removed": "Die Standard-Zahlungsmethode wurde entfernt",
  "activity.card_changed": "Standard-Zahlungsmethode ist jetzt {card}",
  "activity.key_created": "API-Schlüssel {key} erstellt",
  "activity.key_changed": "API-Schlüssel {key} geändert",
  "activity.key_renamed": "API-Schlüssel {from} in {to} umbenannt",
  "activity.key_rotated": "API-Schlüssel {key} rotiert",
  "activity.key_revoked": "API-Schlüssel {key} widerrufen",
  "activity.adjusted": "Guthaben um {tokens} Tokens angepasst: {reason}",
  "activity.linked": "Organisation mit Stripe verbunden",
  "activity.deleted": "Abrechnungsdaten der Organisation gelöscht",

  // API reference
  "docs.title": "API-Referenz",
  "docs.eyebrow": "Referenz",
  "docs.lead":
    "Authentifizieren Sie sich mit einem <keys>API-Schlüssel</keys> oder einer Sitzung. <openapi>OpenAPI 3.1 herunterladen</openapi>",
  "docs.noscript":
    "Die Referenz benötigt JavaScript. Das OpenAPI-Dokument können Sie in jedem Viewer öffnen.",
};
