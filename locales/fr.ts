import type { Messages } from "./en.ts";

/** French, with formal address. */
export const fr: Messages = {
  // Page frame
  "frame.title": "{page} · {organization}",
  "frame.skip": "Aller au contenu",
  "frame.nav": "Navigation principale",
  "frame.organization": "Organisation",
  "frame.pricing": "Tarifs",
  "frame.sign_out": "Se déconnecter",
  "frame.footer": "Les paiements sont traités par Stripe.",
  "frame.support": "Assistance",
  "frame.terms": "Conditions",
  "frame.privacy": "Confidentialité",
  "frame.language": "Langue",
  "frame.console": "Console de l’environnement de test",
  "frame.parts": "Sections de cette page",

  // Mode bar
  "mode.sandbox": "Environnement de test",
  "mode.test": "Mode test",
  "mode.local_stripe": "Stripe local, sans argent réel",
  "mode.stripe_test": "Stripe, mode test",
  "mode.stripe_live": "Stripe, mode production",
  "mode.stripe_at": "à l’adresse {origin}",
  "mode.local_sign_in": "connexion locale",
  "mode.your_sign_in": "votre connexion",
  "mode.label": "Mode",

  // Sign-in
  "sign_in.title": "Connexion",
  "sign_in.eyebrow": "Connexion locale",
  "sign_in.heading": "Choisissez un utilisateur de test",
  "sign_in.lead":
    "Aucun compte n’est configuré : vous pouvez vous connecter avec n’importe quel utilisateur. Chacun affiche une vue différente.",
  "sign_in.no_organization": "Aucune organisation",
  "sign_in.no_organization_about":
    "Pas encore membre : la vue d’un nouvel utilisateur.",
  "signed_out.eyebrow": "Déconnecté",
  "signed_out.heading": "Connectez-vous pour continuer",
  "signed_out.ended_heading": "Votre session a expiré",
  "signed_out.lead":
    "Cette page appartient à une organisation. Connectez-vous pour voir la vôtre.",
  "signed_out.ended_lead":
    "Les sessions expirent après une période d’inactivité. Connectez-vous pour revenir à cette page.",
  "signed_out.elsewhere":
    "Connectez-vous dans votre application, puis revenez à cette page.",
  "signed_out.action": "Se connecter",
  "no_organization.eyebrow": "Aucune organisation",
  "no_organization.title": "Choisir une organisation",
  "no_organization.heading": "Choisissez d’abord une organisation",
  "no_organization.lead_sandbox":
    "Les offres et la facturation dépendent d’une organisation. Choisissez-en une dont vous êtes membre ou connectez-vous avec un autre utilisateur de test.",
  "no_organization.lead":
    "Les offres et la facturation dépendent d’une organisation. Choisissez-en une là où vous vous êtes connecté ou demandez une invitation à un administrateur, puis revenez ici.",
  "no_organization.choose": "Choisir une organisation",

  // Actions on several pages
  "action.see_plans": "Voir les offres",
  "action.choose_plan": "Choisir une offre",
  "action.back_to_plans": "Retour aux offres",
  "action.to_organization": "Accéder à votre organisation",
  "action.try_again": "Réessayer",
  "action.refresh": "Actualiser depuis Stripe",
  "action.buy_tokens": "Acheter des jetons",
  "action.update_card": "Mettre à jour la carte",
  "action.add_card": "Ajouter une carte",
  "action.pay_invoice": "Payer la facture en attente",
  "action.finish_payment": "Terminer le paiement",
  "action.resume": "Reprendre {plan}",

  // Error pages
  "error.eyebrow": "Erreur {status}",
  "error.request_id": "Identifiant de la requête : {id}",
  "error.details": "Détails : {message}",
  "error.no_customer.heading": "Aucune facturation pour l’instant",
  "error.no_customer.text":
    "Votre organisation n’a ni moyen de paiement ni facture. Choisissez une offre pour commencer.",
  "error.deleted.heading": "Cette organisation a été supprimée",
  "error.deleted.text":
    "Son offre, son solde et ses clés n’existent plus. Pour continuer, choisissez une autre organisation.",
  "error.flow.heading": "Cette modification n’est pas disponible",
  "error.flow.text":
    "Votre offre a peut-être changé depuis l’ouverture de la page. Consultez l’offre actuelle sur la page de votre organisation.",
  "error.no_organization.text":
    "La facturation dépend d’une organisation, et vous êtes connecté sans organisation.",
  "error.other_organization.heading": "Vous avez changé d’organisation",
  "error.other_organization.text":
    "Le formulaire envoyé concernait une autre organisation. Rien n’a été modifié.",
  "error.401.text": "Connectez-vous pour revenir à votre organisation.",
  "error.403.heading": "Accès refusé",
  "error.403.text":
    "Demandez l’accès à un administrateur de votre organisation.",
  "error.404.heading": "Page introuvable",
  "error.404.text":
    "L’adresse est peut-être mal saisie, ou la page a été déplacée.",
  "error.429.heading": "Trop de requêtes",
  "error.429.text":
    "Vous avez envoyé trop de requêtes. Patientez une minute, puis réessayez. Rien n’a été modifié.",
  "error.503.heading": "Temporairement indisponible",
  "error.503.text":
    "Un service nécessaire à cette page est injoignable. Rien n’a été modifié. Réessayez dans quelques secondes.",
  "error.stripe.heading": "Impossible de joindre Stripe",
  "error.stripe.text":
    "Rien n’a été modifié. Réessayez dans quelques secondes.",
  "error.500.heading": "Une erreur est survenue",
  "error.500.text":
    "Nous l’avons enregistrée. Réessayez dans un instant ; si elle persiste, communiquez-nous cet identifiant de requête.",
  "error.400.heading": "Lien non valide",
  "error.400.text": "Une partie de l’adresse est mal saisie ou obsolète.",
  "error.400.action": "Ouvrir sans filtres",
  "error.refused.heading": "La requête n’a pas pu aboutir",
  "error.refused.text": "Revenez en arrière et réessayez.",

  // Results of actions
  "flash.plan_active": "{plan} est actif.",
  "flash.paid": "Paiement confirmé. Merci.",
  "flash.paid_invoice":
    "Votre paiement est confirmé. La facture se trouve dans « Gérer la facturation ».",
  "flash.trial":
    "Votre essai court jusqu’au {date}. Aucun montant ne sera prélevé avant cette date.",
  "flash.paid_pack":
    "Paiement confirmé. Merci. Les jetons sont dans votre solde et la facture figure ci-dessous.",
  "flash.processing_pack":
    "Paiement en attente. Merci. Les jetons seront ajoutés dès l’encaissement, généralement sous quelques jours.",
  "flash.processing":
    "Paiement en attente. Merci. Votre offre commencera dès l’encaissement, généralement sous quelques jours.",
  "flash.payment_failed":
    "Votre paiement a échoué et rien n’a été prélevé. Choisissez une offre pour réessayer avec un autre moyen de paiement.",
  "flash.payment_failed_pack":
    "Votre paiement a échoué et rien n’a été prélevé. Aucun jeton n’a été ajouté.",
  "flash.open":
    "Le paiement n’est pas terminé et rien n’a été prélevé. Choisissez à nouveau l’offre pour continuer.",
  "flash.expired":
    "La session de paiement a expiré et rien n’a été prélevé. Choisissez une offre pour recommencer.",
  "flash.not_yours":
    "Ce paiement appartient à une autre organisation. La facturation de celle-ci figure ci-dessous.",
  "flash.unavailable":
    "Impossible de joindre Stripe pour confirmer votre paiement. Votre paiement est en sécurité : rechargez cette page dans un instant.",
  "flash.checked": "Tout est à jour.",
  "flash.too_soon": "Actualisé à l’instant. Réessayez dans dix secondes.",
  "flash.failed": "Impossible de joindre Stripe.",
  "flash.outdated": "Les informations ci-dessous ne sont peut-être pas à jour.",
  "flash.last_synced": "Les informations ci-dessous datent du {time}.",

  // Organization page
  "plans.tab": "Offres",
  "plans.activity_tab": "Activité",
  "plans.details_tab": "Détails",
  "plans.all": "Toutes les offres",
  "plans.tokens":
    "{count, plural, one {# jeton par mois} other {# jetons par mois}}",
  "plans.calls":
    "{count, plural, one {# appel d’API par minute} other {# appels d’API par minute}}",
  "plans.your_plan": "Votre offre",
  "plans.custom": "Offre personnalisée",

  // Prices
  "rate.month": "{amount} par mois",
  "rate.year": "{amount} par an",
  "plan_interval.month": "{plan} (mensuel)",
  "plan_interval.year": "{plan} (annuel)",
  "interval.legend": "Période de facturation",
  "interval.month": "Mensuel",
  "interval.year": "Annuel",
  "interval.save_up_to": "jusqu’à {amount} d’économies",
  "price.zero_note": "Aucune carte requise",
  "price.unavailable": "Prix indisponible",
  "price.per_month": "<strong>{amount}</strong> par mois",
  "price.per_year": "<strong>{amount}</strong> par an",
  "price.or_month": "ou {amount} par mois",
  "price.or_year": "ou {amount} par an",
  "price.or_year_saving": "ou {amount} par an, soit {saving} d’économies",
  "price.saving": "{saving} d’économies",
  "limits.tokens": "Jetons par mois",
  "limits.calls": "Appels d’API par minute",
  "pricing.title": "Tarifs",
  "pricing.start": "Commencer gratuitement",
  "pricing.contact":
    "Besoin d’une offre sur mesure ? <link>Contactez-nous</link>",
  "plans.recommended": "Recommandée",
  "pricing.heading": "Trois offres, une seule facture",
  "pricing.lead":
    "Commencez sans carte. Une offre couvre votre organisation ; modifiez-la ou résiliez-la à tout moment dans « Gérer la facturation ».",

  // Plan cards: status and action
  "plan.choose": "Choisir {plan}",
  "plan.try":
    "{days, plural, one {Essayer {plan} pendant # jour} other {Essayer {plan} pendant # jours}}",
  "plan.starts_on": "Commence le {date}",
  "plan.ends_on": "Se termine le {date}",
  "plan.from": "À partir du {date}",
  "plan.until": "Jusqu’au {date}",
  "plan.keep": "Conserver {plan}",
  "plan.cancel": "Résilier {plan}",
  "plan.cancel_custom": "Résilier votre offre",
  "plan.switch": "Passer à {plan}",
  "plan.switch_month": "Passer au mensuel",
  "plan.switch_year": "Passer à l’annuel",
  "plan.starts_once_paid": "Commence après le paiement",
  "plan.retrying": "Actif – nouvelle tentative de paiement en cours",
  "plan.on_hold": "Suspendu jusqu’au paiement de la facture en attente",
  "plan.paused": "En pause. Aucun montant ne sera prélevé.",
  "plan.current": "Offre actuelle",
  "plan.current_rate": "Offre actuelle : {rate}",
  "plan.trial_then": "Essai, puis {rate}",
  "plan.after_first_payment": "Disponible après le premier paiement de {plan}",
  "plan.after_payment": "Disponible une fois votre paiement abouti",
  "plan.after_resume": "Disponible après la reprise de {plan}",
  "plan.change_scheduled": "Un changement d’offre est prévu",
  "plan.undo_change": "Annuler le changement",
  "plan.keep_to_switch": "Conservez {plan} pour changer d’offre",
  "plan.prices_unknown":
    "Impossible de charger les prix. Réessayez dans un instant.",
  "plan.custom_change": "Offre personnalisée – contactez-nous pour la modifier",

  // Subscription status
  "status.charged_to": "Prélevé sur {card}",
  "status.no_card": "Aucun moyen de paiement",
  "status.incomplete": "{plan} commence après le premier paiement.",
  "status.incomplete_expired":
    "Le premier paiement de {plan} n’a pas été terminé.",
  "status.paused": "En pause. Aucun montant ne sera prélevé.",
  "status.unpaid": "Suspendu jusqu’au paiement de la facture en attente.",
  "status.ended": "{plan} est terminé.",
  "status.ended_on": "{plan} s’est terminé le {date}.",
  "status.ended_unpaid":
    "{plan} s’est terminé le {date} en raison d’un échec de paiement.",
  "status.ended_disputed":
    "{plan} s’est terminé le {date} car un paiement a été contesté.",
  "status.ends_on":
    "Se termine le {date}. Aucun autre montant ne sera prélevé.",
  "status.past_due": "Votre dernier paiement a échoué.",
  "status.change": "{plan} commence le {date}.",
  "status.change_rate": "{plan} commence le {date} à {rate}.",
  "status.trial": "Votre essai court jusqu’au {date}.",
  "status.trial_then": "Votre essai court jusqu’au {date}, puis {rate}.",
  "status.next_charge": "Prochain prélèvement le {date}.",
  "status.next_charge_amount": "Prochain prélèvement : {amount} le {date}.",
  "card.ending": "{brand} se terminant par {last4}",
  "invoice.due": "{amount} restent dus sur la facture {number}.",

  // Manage Billing
  "manage.button": "Gérer la facturation",
  "manage.about":
    "Mettez à jour votre moyen de paiement et vos coordonnées de facturation, ou téléchargez vos factures.",
  "manage.forbidden":
    "Seuls les administrateurs peuvent gérer la facturation. Demandez l’accès à un administrateur de votre organisation.",
  "manage.none": "Aucune facturation pour l’instant.",
  "manage.none_text":
    "Choisissez une offre pour ajouter un moyen de paiement et voir vos factures.",
  "manage.none_member":
    "Dès qu’un administrateur aura choisi une offre, le moyen de paiement et les factures s’afficheront ici.",
  "redirect.pending": "Ouverture de Stripe…",
  "redirect.timeout":
    "Stripe met trop de temps à répondre. Réessayez dans un instant.",
  "redirect.offline":
    "Impossible de joindre le serveur. Vérifiez votre connexion, puis réessayez.",
  "redirect.session_ended": "Votre session a expiré.",
  "redirect.sign_in": "Se reconnecter",
  "redirect.forbidden":
    "Seuls les administrateurs peuvent gérer la facturation. Demandez l’accès à un administrateur.",
  "redirect.outdated": "Cette page n’est plus à jour. Rechargez-la.",
  "redirect.busy": "Trop de requêtes. Réessayez dans {seconds} secondes.",
  "redirect.failed": "Impossible d’ouvrir Stripe. Réessayez dans un instant.",
  "redirect.no_billing": "Aucune facturation pour l’instant.",
  "redirect.plan_unavailable":
    "Cette offre n’est pas disponible. Rechargez la page pour voir les offres actuelles.",

  // Alerts
  "alert.ask_finish":
    "Demandez à un administrateur de votre organisation de le terminer.",
  "alert.ask_card":
    "Demandez à un administrateur de votre organisation de mettre à jour la carte.",
  "alert.ask_pay":
    "Demandez à un administrateur de votre organisation de mettre à jour la carte et de payer la facture en attente.",
  "alert.ask_resume":
    "Demandez à un administrateur de votre organisation de reprendre l’offre.",
  "alert.ask_add_card":
    "Demandez à un administrateur de votre organisation d’ajouter une carte.",
  "alert.unfinished": "Terminez votre paiement",
  "alert.unfinished_amount": "Terminez votre paiement de {amount}",
  "alert.unfinished_text":
    "{plan} commencera une fois le paiement terminé. S’il n’est pas terminé sous 23 heures, il expire, sans aucun prélèvement.",
  "alert.unfinished_by":
    "Terminez le paiement avant le {time} pour que {plan} commence. Ensuite, il expire, sans aucun prélèvement.",
  "alert.failed": "Votre dernier paiement a échoué",
  "alert.failed_amount": "Votre dernier paiement de {amount} a échoué",
  "alert.retry": "Nous réessaierons de prélever la facture {number} le {date}.",
  "alert.no_retry":
    "Le prélèvement de la facture {number} ne sera pas réessayé automatiquement.",
  "alert.failed_text":
    "{plan} reste actif pendant que nous réessayons le paiement.",
  "alert.failed_step": "Mettez à jour votre carte pour conserver {plan}.",
  "alert.given_up": "{plan} est suspendu : échec du paiement",
  "alert.given_up_text":
    "Toutes les tentatives ont échoué. Vos données sont en sécurité.",
  "alert.given_up_step":
    "Mettez à jour votre carte, puis payez la facture en attente.",
  "alert.paused": "{plan} est en pause",
  "alert.paused_no_card": "Aucune carte à débiter n’est enregistrée.",
  "alert.paused_text": "Aucun montant ne sera prélevé avant la reprise.",
  "alert.paused_step": "Reprenez l’offre dans « Gérer la facturation ».",
  "alert.paused_add_card":
    "Ajoutez une carte, puis reprenez l’offre dans « Gérer la facturation ».",
  "alert.trial": "Votre essai se termine le {date}",
  "alert.trial_ends":
    "{plan} se termine avec l’essai. Aucun montant ne sera prélevé.",
  "alert.trial_no_card":
    "Ajoutez une carte pour conserver {plan} après l’essai.",
  "alert.trial_continues":
    "{plan} se poursuivra ensuite, avec prélèvement sur {card}. Résiliez avant cette date pour éviter le prélèvement.",
  "alert.trial_continues_rate":
    "{plan} se poursuivra ensuite pour {rate}, avec prélèvement sur {card}. Résiliez avant cette date pour éviter le prélèvement.",

  // Plan change
  "change.title": "Passer à {plan}",
  "change.organization": "Votre organisation",
  "change.continue": "Continuer",
  "change.keep": "Conserver l’offre actuelle",
  "change.forbidden":
    "Seuls les administrateurs peuvent changer d’offre. Demandez l’accès à un administrateur de votre organisation.",
  "change.trial_ends": "Ce changement met fin à votre essai.",
  "change.due": "{amount} à payer aujourd’hui, puis {rate} à partir du {date}.",
  "change.due_only":
    "{amount} à payer aujourd’hui. Votre abonnement se termine toujours le {date}.",
  "change.credit":
    "{amount} de temps non utilisé seront déduits des prochaines factures.",
  "change.due_today": "À payer aujourd’hui",
  "change.estimate":
    "Estimation de Stripe. Vous confirmerez à la page suivante.",
  "change.unknown":
    "Impossible d’obtenir de Stripe le montant du jour. Le nouveau prix est de {rate} ; le montant à payer s’affichera avant confirmation.",
  "change.later":
    "{plan} commence le {date} à {rate}. Rien à payer aujourd’hui.",
  "change.later_note":
    "{plan} est payé jusque-là et reste actif. Vous confirmerez à la page suivante.",
  "change.same": "C’est déjà votre offre.",
  "change.impossible":
    "Votre organisation ne peut pas passer à cette offre pour le moment. Consultez vos options sur la page des offres.",
  "keep.heading": "Conserver {plan} ?",
  "keep.change":
    "Le passage à {next} le {date} sera annulé. {plan} se renouvellera comme avant.",
  "keep.end":
    "{plan} ne se terminera pas le {date} et se renouvellera comme avant.",
  "keep.back": "Retour",
  "checkout.eyebrow": "Paiement",
  "checkout.continue": "Continuer vers le paiement",
  "checkout.lead":
    "Vous payez sur {host}. Si la page ne s’ouvre pas automatiquement, utilisez le bouton.",

  // Changes on Stripe's pages
  "changes.none": "Votre offre est inchangée.",
  "changes.started": "{plan} est active.",
  "changes.plan": "Vous êtes passé à {plan}.",
  "changes.plan_paid": "Vous êtes passé à {plan} : {amount} payés.",
  "changes.monthly": "Vous êtes passé à la facturation mensuelle.",
  "changes.monthly_paid":
    "Vous êtes passé à la facturation mensuelle : {amount} payés.",
  "changes.yearly": "Vous êtes passé à la facturation annuelle.",
  "changes.yearly_paid":
    "Vous êtes passé à la facturation annuelle : {amount} payés.",
  "changes.scheduled": "{plan} jusqu’au {date}, puis {next}.",
  "changes.scheduled_monthly": "{plan} annuel jusqu’au {date}, puis mensuel.",
  "changes.scheduled_yearly": "{plan} mensuel jusqu’au {date}, puis annuel.",
  "changes.undone":
    "Le changement d’offre a été annulé. Vous conservez {plan}.",
  "changes.ends": "{plan} se termine le {date}.",
  "changes.ended": "{plan} est terminé.",
  "changes.resumed": "{plan} a repris.",
  "changes.paused": "{plan} est en pause.",
  "changes.paid": "Paiement reçu. {plan} est active.",
  "changes.paid_amount": "Paiement de {amount} reçu. {plan} est active.",
  "changes.card": "Carte mise à jour : {card}.",

  // Organization details
  "details.billing_heading": "Coordonnées de facturation",
  "details.billing_email": "E-mail de facturation",
  "details.address": "Adresse",
  "details.tax_ids": "Identifiants fiscaux",
  "details.payment_method": "Moyen de paiement",
  "details.not_set": "Non renseigné",
  "details.edit": "Modifier",
  "details.edit_of": "Modifier : {detail}",
  "details.about":
    "Ces informations figurent sur vos factures. Vous les modifiez sur les pages de Stripe.",
  "details.unavailable": "Vos coordonnées de facturation sont en sécurité.",
  "details.expires": "Expire en {date}",
  "details.expired": "Expirée en {date}",
  "details.verified": "vérifié",
  "details.pending": "vérification en cours",
  "details.unverified": "non vérifié",
  "details.organization": "Organisation",
  "details.unnamed": "Nom non disponible",
  "details.id": "Identifiant",
  "details.role": "Votre rôle",
  "details.no_role": "Aucun",
  "details.access": "Accès à la facturation",
  "details.all_members": "Tous les membres",
  "details.access_yes": "{roles} – vous avez accès",
  "details.access_no": "{roles} – vous n’avez pas accès",
  "details.you": "Vous",
  "details.your_organization": "Votre organisation",
  "details.name": "Nom",
  "details.email": "E-mail",
  "role.admin": "Administrateur",
  "role.member": "Membre",

  // Account page
  "account.title": "Compte",
  "account.wallet": "Solde",
  "account.usage": "Utilisation",
  "account.usage_heading": "Utilisation des 30 derniers jours",
  "account.ledger": "Transactions",
  "account.invoices": "Factures",
  "account.plan": "Offre",
  "account.plan_heading": "Offre et facturation",
  "account.api_keys": "Clés d’API",
  "account.all_plans": "Voir toutes les offres",
  "account.download_csv": "Télécharger en CSV",
  "wallet.total": "Solde de jetons",
  "wallet.empty": "Votre solde est vide.",
  "wallet.empty_text":
    "Les requêtes qui consomment des jetons sont refusées tant que vous n’en ajoutez pas.",
  "wallet.low": "Votre solde est faible.",
  "wallet.low_text": "Les requêtes qui dépassent votre solde sont refusées.",
  "wallet.granted": "Inclus dans votre offre",
  "wallet.of": "sur {count}",
  "wallet.meter": "{granted} sur {total}",
  "wallet.purchased": "Achetés",
  "wallet.purchased_text":
    "Utilisés après les jetons inclus. N’expirent jamais.",
  "wallet.next_with_payment": "Renouvelés au prochain paiement de votre offre.",
  "wallet.resets": "Réinitialisés à {count} le {date}.",
  "wallet.no_rollover": "Les jetons non utilisés ne sont pas reportés.",
  "usage.none": "Aucune utilisation au cours des 30 derniers jours.",
  "usage.none_text":
    "<link>Créez une clé d’API</link> pour commencer ; l’utilisation s’affiche ici jour par jour.",
  "usage.none_member": "L’utilisation s’affiche ici jour par jour.",
  "usage.total": "{count, plural, one {# jeton} other {# jetons}}",
  "usage.summary":
    "{days, plural, one {{total} en # jour. Maximum le {date} : {most}.} other {{total} en # jours. Maximum le {date} : {most}.}}",
  "usage.chart": "Jetons utilisés par jour au cours des 30 derniers jours",
  "usage.chart_about":
    "Entre 0 et {most} par jour. Le tableau ci-dessous contient toutes les valeurs.",
  "usage.day": "{date} : {count}",
  "usage.today": "Aujourd’hui",
  "usage.table": "Afficher sous forme de tableau",
  "usage.table_caption": "Jetons utilisés par jour, en UTC",
  "usage.table_day": "Jour (UTC)",
  "usage.table_tokens": "Jetons",
  "packs.tokens":
    "{count, plural, one {<strong>#</strong> jeton} other {<strong>#</strong> jetons}}",
  "packs.once": "{amount} en une fois",
  "packs.buy": "Acheter le pack {pack}",
  "packs.forbidden":
    "Seuls les administrateurs peuvent acheter des jetons. Demandez l’accès à un administrateur de votre organisation.",
  "pending.thanks": "Merci.",
  "pending.processing": "{pack} : paiement en attente depuis le {date}.",
  "pending.processing_text":
    "{count, plural, one {# jeton sera ajouté dès l’encaissement, généralement sous quelques jours.} other {# jetons seront ajoutés dès l’encaissement, généralement sous quelques jours.}}",
  "pending.failed": "{pack} : échec du paiement le {date}.",
  "pending.failed_text": "Rien n’a été prélevé et aucun jeton n’a été ajouté.",
  "pending.buy_again": "Vous pouvez réessayer avec un autre moyen de paiement.",
  "pending.ask_buy":
    "Demandez à un administrateur de votre organisation de renouveler l’achat.",
  "pending.watching": "Cette page s’actualise dès l’encaissement du paiement.",
  "pending.not_watching":
    "Revenez à cette page pour connaître l’état du paiement.",

  // Transactions
  "ledger.filter": "Filtrer par type",
  "ledger.all": "Toutes",
  "ledger.grants": "Attributions",
  "ledger.purchases": "Achats",
  "ledger.charges": "Utilisation",
  "ledger.refunds": "Remboursements",
  "ledger.expired": "Expirations",
  "ledger.adjustments": "Ajustements",
  "ledger.from": "Du",
  "ledger.to": "Au",
  "ledger.apply_dates": "Appliquer les dates",
  "ledger.kind.grant": "Attribution",
  "ledger.kind.purchase": "Achat",
  "ledger.kind.charge": "Utilisation",
  "ledger.kind.refund": "Remboursement",
  "ledger.kind.expiry": "Expiration",
  "ledger.kind.adjustment": "Ajustement",
  "ledger.invoice": "Facture",
  "ledger.invoice_of": "Facture pour {description}",
  "ledger.unit": "jetons",
  "ledger.balance": "Solde : {count}",
  "ledger.none": "Aucune transaction pour l’instant.",
  "ledger.none_text":
    "Les attributions, les achats et l’utilisation s’affichent ici.",
  "ledger.none_of_kind": "Aucune transaction de ce type.",
  "ledger.none_match": "Aucune transaction ne correspond à ces filtres.",
  "ledger.searched":
    "Aucune des 1 000 dernières transactions ne correspond. De plus anciennes peuvent correspondre.",
  "ledger.searched_more":
    "Aucune des 1 000 transactions suivantes ne correspond. De plus anciennes peuvent correspondre.",
  "ledger.no_older": "Aucune transaction plus ancienne.",
  "ledger.show_all": "Afficher toutes les transactions",
  "ledger.newest": "Dernières transactions",
  "ledger.older": "Transactions plus anciennes",
  "entry.monthly": "Offre {plan} – jetons mensuels",
  "entry.prorated": "Offre {plan} – jetons au prorata",
  "entry.expired": "Jetons non utilisés expirés",
  "entry.pack": "Pack de jetons {pack}",
  "entry.refund": "Pack de jetons remboursé",
  "entry.dispute": "Paiement du pack de jetons contesté",
  "entry.refund_reversed": "Remboursement annulé",
  "entry.dispute_reversed": "Litige annulé",

  // Invoices
  "next_invoice.heading": "Prochaine facture",
  "next_invoice.due": "{amount} le {date}, si rien ne change.",
  "next_invoice.total": "Montant dû",
  "invoices.unavailable": "Impossible de joindre Stripe.",
  "invoices.unavailable_text": "Vos factures sont en sécurité.",
  "invoices.no_older": "Aucune facture plus ancienne.",
  "invoices.none": "Aucune facture pour l’instant.",
  "invoices.none_text":
    "Votre première facture s’affichera après votre prochain paiement.",
  "invoices.none_customer":
    "<plans>Choisissez une offre</plans> ou <credits>achetez des jetons</credits> pour commencer.",
  "invoices.newest": "Dernières factures",
  "invoices.older": "Factures plus anciennes",
  "invoices.view": "Afficher",
  "invoices.pdf": "PDF",
  "invoices.view_of": "Afficher la facture {number}",
  "invoices.pdf_of": "PDF de la facture {number}",
  "invoices.open": "En attente",
  "invoices.paid": "Payée",
  "invoices.uncollectible": "Irrécouvrable",
  "invoices.void": "Annulée",
  "invoices.amounts_only":
    "Seuls les administrateurs peuvent ouvrir les factures.",

  // API keys
  "keys.lead":
    "Les clés d’API donnent à vos applications accès à {organization}. <link>Référence de l’API</link>",
  "keys.forbidden":
    "Seuls les administrateurs peuvent voir et créer des clés d’API. Demandez l’accès à un administrateur de votre organisation.",
  "keys.list": "Clés",
  "keys.new": "Nouvelle clé",
  "keys.jump": "Créer une clé",
  "keys.none": "Aucune clé d’API pour l’instant.",
  "keys.none_text":
    "Les clés ne s’affichent qu’une fois : conservez la vôtre en lieu sûr.",
  "keys.permissions": "Autorisations",
  "keys.created": "Créée le {date}",
  "keys.never_used": "Jamais utilisée",
  "keys.last_used": "Dernière utilisation : {time}",
  "keys.revoke": "Révoquer",
  "keys.cancel": "Annuler",
  "keys.revoke_text":
    "Les requêtes avec <strong>{name}</strong> (<code>{prefix}</code>) seront immédiatement refusées. Cette action est irréversible.",
  "keys.revoke_confirm": "Révoquer la clé",
  "keys.revoked": "Clé d’API révoquée.",
  "keys.your_new": "Votre nouvelle clé d’API",
  "keys.copy_now":
    "Copiez cette clé maintenant. Vous ne pourrez plus la revoir.",
  "keys.replaced":
    "Le formulaire a été envoyé deux fois. Seule cette clé est valide ; ignorez celle que vous auriez copiée avant.",
  "keys.label": "Clé d’API",
  "keys.copy": "Copier",
  "keys.copied": "Copiée.",
  "keys.copy_by_hand": "Sélectionnée. Copiez-la avec votre clavier.",
  "keys.duplicate_revoked":
    "Ce formulaire a déjà créé une clé, révoquée depuis. Aucune seconde clé n’a été créée.",
  "keys.duplicate":
    "<strong>{name} a déjà été créée.</strong> Aucune seconde clé n’a été créée, et la première ne peut plus être affichée. Si vous ne l’avez pas copiée, révoquez-la et créez-en une autre.",
  "keys.full":
    "Votre organisation a {max} clés, le maximum. Révoquez une clé que vous n’utilisez plus.",
  "keys.name": "Nom",
  "keys.name_about": "L’application qui utilise cette clé.",
  "keys.name_example": "Serveur de build",
  "keys.create": "Créer la clé",
  "keys.name_missing": "Saisissez un nom.",
  "keys.name_invalid": "80 caractères au maximum, sur une seule ligne.",
  "keys.scopes_missing": "Sélectionnez au moins une autorisation.",
  "keys.expired_on": "Expirée le {date}",
  "keys.expires_on": "Expire le {date}",
  "keys.rotated_until": "Renouvelée, valable jusqu’au {time}",
  "keys.edit": "Modifier",
  "keys.save": "Enregistrer les modifications",
  "keys.rotate": "Renouveler",
  "keys.rotate_about":
    "Crée une nouvelle clé avec le même nom et les mêmes autorisations. Cette clé reste valable 24 heures, pour que vous puissiez la remplacer sans interruption.",
  "keys.rotate_confirm": "Renouveler la clé",
  "keys.changed": "{name} a été mise à jour.",
  "keys.changed_revoked": "La clé a été mise à jour, puis révoquée.",
  "keys.already_rotated":
    "Cette clé a déjà été renouvelée. Renouvelez celle qui la remplace.",
  "keys.rotate_expired": "Cette clé a expiré. Créez-en une nouvelle.",
  "keys.rotate_full":
    "Trop de clés renouvelées sont encore valables. Révoquez-en une d’abord.",
  "keys.try_it":
    "Essayez-la. Remplacez {prefix}… par la clé que vous avez copiée :",
  "keys.former":
    "La clé précédente reste valable jusqu’au {time}. Remplacez-la partout avant cette date.",
  "keys.expiry": "Expiration",
  "keys.expiry_never": "Jamais",
  "keys.expiry_days": "{days, plural, one {# jour} other {# jours}}",
  "keys.expiry_about": "Les requêtes avec une clé expirée sont refusées.",
  "keys.expiry_invalid": "Choisissez une expiration dans la liste.",
  "scope.read": "Lire la facturation",
  "scope.read_about": "Solde, transactions et factures.",
  "scope.manage": "Gérer la facturation",
  "scope.manage_about":
    "Lire la facturation et ouvrir le portail client et la page de paiement.",
  "scope.charge": "Débiter l’utilisation",
  "scope.charge_about": "Déduire des jetons selon l’utilisation.",

  // Activity
  "activity.none": "Aucune activité pour l’instant.",
  "activity.none_text":
    "Les modifications de votre offre, de vos paiements et de vos clés d’API apparaissent ici.",
  "activity.end": "Aucune activité plus ancienne.",
  "activity.newest": "Activité la plus récente",
  "activity.older": "Activité plus ancienne",
  "actor.operator": "Assistance",
  "actor.service_key": "Clé de service",
  "actor.api_key": "Clé d’API {name}",
  "actor.revoked_key": "Une clé d’API révoquée depuis",
  "activity.portal": "Portail de facturation ouvert",
  "activity.portal_card":
    "Portail de facturation ouvert pour mettre à jour la carte",
  "activity.portal_details":
    "Portail de facturation ouvert pour mettre à jour les coordonnées de facturation",
  "activity.portal_plan": "Portail de facturation ouvert pour changer d’offre",
  "activity.portal_cancel":
    "Portail de facturation ouvert pour résilier l’offre",
  "activity.portal_pause":
    "Portail de facturation ouvert pour mettre l’offre en pause",
  "activity.checkout_started": "Paiement commencé : {item}",
  "activity.checkout_completed": "Paiement terminé : {item}",
  "activity.pack": "pack de jetons {pack}",
  "activity.unknown_pack": "un pack de jetons",
  "activity.custom_plan": "offre personnalisée",
  "activity.removed": "L’abonnement a été supprimé",
  "activity.started": "{plan} : abonnement commencé",
  "activity.trial": "L’essai de {plan} a commencé",
  "activity.switched": "Passage de {from} à {to}",
  "activity.scheduled": "{from} jusqu’au {date}, puis {to}",
  "activity.unscheduled": "Le changement prévu de {plan} a été annulé",
  "activity.ends": "{plan} se terminera le {date}",
  "activity.kept": "{plan} se renouvellera à nouveau",
  "activity.active": "{plan} est active",
  "activity.trialing": "{plan} est en période d’essai",
  "activity.past_due": "Le paiement de {plan} est en retard",
  "activity.unpaid":
    "{plan} est suspendu : toutes les tentatives de paiement ont échoué",
  "activity.paused": "{plan} a été mis en pause",
  "activity.canceled": "{plan} est terminé",
  "activity.incomplete": "{plan} attend son premier paiement",
  "activity.incomplete_expired": "Le premier paiement de {plan} a expiré",
  "activity.updated": "{plan} a été mis à jour",
  "activity.payment_failed": "Un paiement de {amount} a échoué",
  "activity.card_removed": "Le moyen de paiement par défaut a été supprimé",
  "activity.card_changed":
    "Le moyen de paiement par défaut est désormais {card}",
  "activity.key_created": "Clé d’API {key} créée",
  "activity.key_changed": "Clé d’API {key} modifiée",
  "activity.key_renamed": "Clé d’API {from} renommée en {to}",
  "activity.key_rotated": "Clé d’API {key} renouvelée",
  "activity.key_revoked": "Clé d’API {key} révoquée",
  "activity.adjusted": "Solde ajusté de {tokens} jetons : {reason}",
  "activity.linked": "Organisation associée à Stripe",
  "activity.deleted": "Données de facturation de l’organisation supprimées",

  // API reference
  "docs.title": "Référence de l’API",
  "docs.eyebrow": "Référence",
  "docs.lead":
    "Authentifiez-vous avec une <keys>clé d’API</keys> ou une session. <openapi>Télécharger OpenAPI 3.1</openapi>",
  "docs.noscript":
    "La référence nécessite JavaScript. Vous pouvez ouvrir le document OpenAPI dans n’importe quelle visionneuse.",
};
