import type { Messages } from "./en.ts";

/** Spanish, with informal address, as software products use it. */
export const es: Messages = {
  // Page frame
  "frame.title": "{page} · {organization}",
  "frame.skip": "Ir al contenido",
  "frame.nav": "Navegación principal",
  "frame.organization": "Organización",
  "frame.pricing": "Precios",
  "frame.sign_out": "Cerrar sesión",
  "frame.footer": "Stripe procesa los pagos.",
  "frame.support": "Soporte",
  "frame.terms": "Términos",
  "frame.privacy": "Privacidad",
  "frame.language": "Idioma",
  "frame.console": "Consola del entorno de pruebas",
  "frame.parts": "Secciones de esta página",

  // Mode bar
  "mode.sandbox": "Entorno de pruebas",
  "mode.test": "Modo de prueba",
  "mode.local_stripe": "Stripe local, sin dinero real",
  "mode.stripe_test": "Stripe, modo de prueba",
  "mode.stripe_live": "Stripe, modo activo",
  "mode.stripe_at": "en {origin}",
  "mode.local_sign_in": "inicio de sesión local",
  "mode.your_sign_in": "tu inicio de sesión",
  "mode.label": "Modo",

  // Sign-in
  "sign_in.title": "Iniciar sesión",
  "sign_in.eyebrow": "Inicio de sesión local",
  "sign_in.heading": "Elige un usuario de prueba",
  "sign_in.lead":
    "No hay cuentas configuradas, así que puedes iniciar sesión con cualquier usuario. Cada uno muestra una vista distinta.",
  "sign_in.no_organization": "Sin organización",
  "sign_in.no_organization_about":
    "Aún no es miembro: lo que ve un usuario nuevo.",
  "signed_out.eyebrow": "Sesión cerrada",
  "signed_out.heading": "Inicia sesión para continuar",
  "signed_out.ended_heading": "Tu sesión ha caducado",
  "signed_out.lead":
    "Esta página pertenece a una organización. Inicia sesión para ver la tuya.",
  "signed_out.ended_lead":
    "Las sesiones caducan tras un periodo de inactividad. Inicia sesión para volver a esta página.",
  "signed_out.elsewhere":
    "Inicia sesión en tu aplicación y vuelve a esta página.",
  "signed_out.action": "Iniciar sesión",
  "no_organization.eyebrow": "Sin organización",
  "no_organization.title": "Elegir una organización",
  "no_organization.heading": "Primero, elige una organización",
  "no_organization.lead_sandbox":
    "Los planes y la facturación pertenecen a una organización. Elige una de la que seas miembro o inicia sesión con otro usuario de prueba.",
  "no_organization.lead":
    "Los planes y la facturación pertenecen a una organización. Elige una donde iniciaste sesión o pide una invitación a un administrador, y vuelve aquí.",
  "no_organization.choose": "Elegir una organización",

  // Actions on several pages
  "action.see_plans": "Ver planes",
  "action.choose_plan": "Elegir un plan",
  "action.back_to_plans": "Volver a los planes",
  "action.to_organization": "Ir a tu organización",
  "action.try_again": "Reintentar",
  "action.refresh": "Actualizar desde Stripe",
  "action.buy_tokens": "Comprar tokens",
  "action.update_card": "Actualizar tarjeta",
  "action.add_card": "Añadir tarjeta",
  "action.pay_invoice": "Pagar factura pendiente",
  "action.finish_payment": "Completar pago",
  "action.resume": "Reanudar {plan}",

  // Error pages
  "error.eyebrow": "Error {status}",
  "error.request_id": "ID de la solicitud: {id}",
  "error.details": "Detalles: {message}",
  "error.no_customer.heading": "Aún no hay facturación",
  "error.no_customer.text":
    "Tu organización no tiene método de pago ni facturas. Elige un plan para empezar.",
  "error.deleted.heading": "Esta organización se ha eliminado",
  "error.deleted.text":
    "Su plan, saldo y claves ya no existen. Para continuar, elige otra organización.",
  "error.flow.heading": "Este cambio no está disponible",
  "error.flow.text":
    "Es posible que tu plan haya cambiado desde que abriste la página. Ve a tu organización para ver el plan actual.",
  "error.no_organization.text":
    "La facturación pertenece a una organización y has iniciado sesión sin ninguna.",
  "error.other_organization.heading": "Has cambiado de organización",
  "error.other_organization.text":
    "El formulario que has enviado era de otra organización, así que no se ha cambiado nada.",
  "error.401.text": "Inicia sesión para volver a tu organización.",
  "error.403.heading": "No tienes acceso",
  "error.403.text": "Pide acceso a un administrador de tu organización.",
  "error.404.heading": "Página no encontrada",
  "error.404.text":
    "Puede que la dirección esté mal escrita o que la página se haya movido.",
  "error.429.heading": "Demasiadas solicitudes",
  "error.429.text":
    "Has enviado demasiadas solicitudes. Espera un minuto y vuelve a intentarlo. No se ha cambiado nada.",
  "error.503.heading": "No disponible temporalmente",
  "error.503.text":
    "No se puede conectar con un servicio que esta página necesita. No se ha cambiado nada. Vuelve a intentarlo en unos segundos.",
  "error.stripe.heading": "No se puede conectar con Stripe",
  "error.stripe.text":
    "No se ha cambiado nada. Vuelve a intentarlo en unos segundos.",
  "error.500.heading": "Se ha producido un error",
  "error.500.text":
    "Lo hemos registrado. Vuelve a intentarlo en un momento; si sigue ocurriendo, comparte este ID de solicitud.",
  "error.400.heading": "Enlace no válido",
  "error.400.text":
    "Una parte de la dirección está mal escrita o desactualizada.",
  "error.400.action": "Abrir sin filtros",
  "error.refused.heading": "No se ha podido completar la solicitud",
  "error.refused.text": "Vuelve atrás e inténtalo de nuevo.",

  // Results of actions
  "flash.plan_active": "{plan} está activo.",
  "flash.paid": "Pago confirmado. Gracias.",
  "flash.paid_invoice":
    "Tu pago está confirmado. Encontrarás la factura en «Gestionar facturación».",
  "flash.trial": "Tu prueba dura hasta el {date}. No se te cobrará antes.",
  "flash.paid_pack":
    "Pago confirmado. Gracias. Los tokens están en tu saldo y la factura aparece abajo.",
  "flash.processing_pack":
    "Pago pendiente. Gracias. Los tokens se añadirán cuando se complete, normalmente en unos días.",
  "flash.processing":
    "Pago pendiente. Gracias. Tu plan empezará cuando se complete, normalmente en unos días.",
  "flash.payment_failed":
    "El pago ha fallado y no se te ha cobrado nada. Elige un plan para intentarlo con otro método de pago.",
  "flash.payment_failed_pack":
    "El pago ha fallado y no se te ha cobrado nada. No se han añadido tokens.",
  "flash.open":
    "El pago no se ha completado y no se te ha cobrado nada. Elige de nuevo el plan para continuar.",
  "flash.expired":
    "La sesión de pago ha caducado y no se te ha cobrado nada. Elige un plan para empezar de nuevo.",
  "flash.not_yours":
    "Ese pago pertenece a otra organización. Abajo se muestra la facturación de esta.",
  "flash.unavailable":
    "No se puede conectar con Stripe para confirmar tu pago. Tu pago está a salvo: recarga esta página en un momento.",
  "flash.checked": "Todo está al día.",
  "flash.too_soon":
    "Se acaba de actualizar. Vuelve a intentarlo en diez segundos.",
  "flash.failed": "No se puede conectar con Stripe.",
  "flash.outdated": "Puede que la información de abajo no esté actualizada.",
  "flash.last_synced": "La información de abajo es del {time}.",

  // Organization page
  "plans.tab": "Planes",
  "plans.activity_tab": "Actividad",
  "plans.details_tab": "Detalles",
  "plans.all": "Todos los planes",
  "plans.tokens":
    "{count, plural, one {# token al mes} other {# tokens al mes}}",
  "plans.calls":
    "{count, plural, one {# llamada a la API por minuto} other {# llamadas a la API por minuto}}",
  "plans.your_plan": "Tu plan",
  "plans.custom": "Plan personalizado",

  // Prices
  "rate.month": "{amount} al mes",
  "rate.year": "{amount} al año",
  "plan_interval.month": "{plan} (mensual)",
  "plan_interval.year": "{plan} (anual)",
  "interval.legend": "Periodo de facturación",
  "interval.month": "Mensual",
  "interval.year": "Anual",
  "interval.save_up_to": "ahorra hasta {amount}",
  "price.zero_note": "No se requiere tarjeta",
  "price.unavailable": "Precio no disponible",
  "price.per_month": "<strong>{amount}</strong> al mes",
  "price.per_year": "<strong>{amount}</strong> al año",
  "price.or_month": "o {amount} al mes",
  "price.or_year": "o {amount} al año",
  "price.or_year_saving": "o {amount} al año, ahorra {saving}",
  "price.saving": "ahorra {saving}",
  "limits.tokens": "Tokens al mes",
  "limits.calls": "Llamadas a la API por minuto",
  "pricing.title": "Precios",
  "pricing.start": "Empezar gratis",
  "pricing.contact": "¿Necesitas un plan a medida? <link>Contáctanos</link>",
  "plans.recommended": "Recomendado",
  "pricing.heading": "Tres planes, una sola factura",
  "pricing.lead":
    "Empieza sin tarjeta. Un plan cubre tu organización; cámbialo o cancélalo cuando quieras en «Gestionar facturación».",

  // Plan cards: status and action
  "plan.choose": "Elegir {plan}",
  "plan.try":
    "{days, plural, one {Probar {plan} durante # día} other {Probar {plan} durante # días}}",
  "plan.starts_on": "Empieza el {date}",
  "plan.ends_on": "Termina el {date}",
  "plan.from": "Desde el {date}",
  "plan.until": "Hasta el {date}",
  "plan.keep": "Mantener {plan}",
  "plan.cancel": "Cancelar {plan}",
  "plan.cancel_custom": "Cancelar tu plan",
  "plan.switch": "Cambiar a {plan}",
  "plan.switch_month": "Cambiar a mensual",
  "plan.switch_year": "Cambiar a anual",
  "plan.starts_once_paid": "Empieza después del pago",
  "plan.retrying": "Activo – reintentando el pago",
  "plan.on_hold": "En espera hasta que se pague la factura pendiente",
  "plan.paused": "En pausa. No se te cobrará.",
  "plan.current": "Plan actual",
  "plan.current_rate": "Plan actual: {rate}",
  "plan.trial_then": "Prueba, después {rate}",
  "plan.after_first_payment": "Disponible tras el primer pago de {plan}",
  "plan.after_payment": "Disponible cuando se complete tu pago",
  "plan.after_resume": "Disponible cuando se reanude {plan}",
  "plan.change_scheduled": "Hay un cambio de plan programado",
  "plan.undo_change": "Deshacer cambio",
  "plan.keep_to_switch": "Mantén {plan} para cambiar de plan",
  "plan.prices_unknown":
    "No se pueden cargar los precios. Vuelve a intentarlo en un momento.",
  "plan.custom_change": "Plan personalizado – contáctanos para cambiarlo",

  // Subscription status
  "status.charged_to": "Se cobra en {card}",
  "status.no_card": "Sin método de pago",
  "status.incomplete": "{plan} empieza después del primer pago.",
  "status.incomplete_expired": "El primer pago de {plan} no se completó.",
  "status.paused": "En pausa. No se te cobrará.",
  "status.unpaid": "En espera hasta que se pague la factura pendiente.",
  "status.ended": "{plan} ha terminado.",
  "status.ended_on": "{plan} terminó el {date}.",
  "status.ended_unpaid": "{plan} terminó el {date} porque falló el pago.",
  "status.ended_disputed":
    "{plan} terminó el {date} porque se disputó un pago.",
  "status.ends_on": "Termina el {date}. No se te volverá a cobrar.",
  "status.past_due": "Tu último pago ha fallado.",
  "status.change": "{plan} empieza el {date}.",
  "status.change_rate": "{plan} empieza el {date} por {rate}.",
  "status.trial": "Tu prueba dura hasta el {date}.",
  "status.trial_then": "Tu prueba dura hasta el {date}, después {rate}.",
  "status.next_charge": "Próximo cobro el {date}.",
  "status.next_charge_amount": "Próximo cobro: {amount} el {date}.",
  "card.ending": "{brand} terminada en {last4}",
  "invoice.due": "Hay {amount} pendientes de pago en la factura {number}.",

  // Manage Billing
  "manage.button": "Gestionar facturación",
  "manage.about":
    "Actualiza tu método de pago y tus datos de facturación, o descarga facturas.",
  "manage.forbidden":
    "Solo los administradores pueden gestionar la facturación. Pide acceso a un administrador de tu organización.",
  "manage.none": "Aún no hay facturación.",
  "manage.none_text":
    "Elige un plan para añadir un método de pago y ver las facturas.",
  "manage.none_member":
    "Cuando un administrador elija un plan, el método de pago y las facturas aparecerán aquí.",
  "redirect.pending": "Abriendo Stripe…",
  "redirect.timeout":
    "Stripe está tardando demasiado. Vuelve a intentarlo en un momento.",
  "redirect.offline":
    "No se puede conectar con el servidor. Comprueba tu conexión y vuelve a intentarlo.",
  "redirect.session_ended": "Tu sesión ha caducado.",
  "redirect.sign_in": "Iniciar sesión de nuevo",
  "redirect.forbidden":
    "Solo los administradores pueden gestionar la facturación. Pide acceso a un administrador.",
  "redirect.outdated": "Esta página no está actualizada. Vuelve a cargarla.",
  "redirect.busy":
    "Demasiadas solicitudes. Vuelve a intentarlo en {seconds} segundos.",
  "redirect.failed":
    "No se puede abrir Stripe. Vuelve a intentarlo en un momento.",
  "redirect.no_billing": "Aún no hay facturación.",
  "redirect.plan_unavailable":
    "Este plan no está disponible. Recarga la página para ver los planes actuales.",

  // Alerts
  "alert.ask_finish":
    "Pide a un administrador de tu organización que lo complete.",
  "alert.ask_card":
    "Pide a un administrador de tu organización que actualice la tarjeta.",
  "alert.ask_pay":
    "Pide a un administrador de tu organización que actualice la tarjeta y pague la factura pendiente.",
  "alert.ask_resume":
    "Pide a un administrador de tu organización que lo reanude.",
  "alert.ask_add_card":
    "Pide a un administrador de tu organización que añada una tarjeta.",
  "alert.unfinished": "Completa tu pago",
  "alert.unfinished_amount": "Completa tu pago de {amount}",
  "alert.unfinished_text":
    "Completa el pago para empezar con {plan}. Si no lo completas en 23 horas, caduca y no se te cobrará nada.",
  "alert.unfinished_by":
    "Completa el pago antes del {time} para empezar con {plan}. Después caduca y no se te cobrará nada.",
  "alert.failed": "Tu último pago ha fallado",
  "alert.failed_amount": "Tu último pago de {amount} ha fallado",
  "alert.retry": "Volveremos a intentar cobrar la factura {number} el {date}.",
  "alert.no_retry":
    "No se volverá a intentar cobrar la factura {number} automáticamente.",
  "alert.failed_text": "{plan} sigue activo mientras reintentamos el pago.",
  "alert.failed_step": "Actualiza tu tarjeta para mantener {plan}.",
  "alert.given_up": "{plan} está en espera: el pago ha fallado",
  "alert.given_up_text":
    "Todos los reintentos han fallado. Tus datos están a salvo.",
  "alert.given_up_step": "Actualiza tu tarjeta y paga la factura pendiente.",
  "alert.paused": "{plan} está en pausa",
  "alert.paused_no_card": "No hay ninguna tarjeta en la que cobrar.",
  "alert.paused_text": "No se te cobrará hasta que lo reanudes.",
  "alert.paused_step": "Reanúdalo en «Gestionar facturación».",
  "alert.paused_add_card":
    "Añade una tarjeta y reanúdalo en «Gestionar facturación».",
  "alert.trial": "Tu prueba termina el {date}",
  "alert.trial_ends": "{plan} termina con la prueba. No se te cobrará.",
  "alert.trial_no_card":
    "Añade una tarjeta para mantener {plan} después de la prueba.",
  "alert.trial_continues":
    "Después, {plan} continúa y se cobra en {card}. Cancela antes para evitar el cobro.",
  "alert.trial_continues_rate":
    "Después, {plan} continúa por {rate} y se cobra en {card}. Cancela antes para evitar el cobro.",

  // Plan change
  "change.title": "Cambiar a {plan}",
  "change.organization": "Tu organización",
  "change.continue": "Continuar",
  "change.keep": "Mantener el plan actual",
  "change.forbidden":
    "Solo los administradores pueden cambiar el plan. Pide acceso a un administrador de tu organización.",
  "change.trial_ends": "Tu prueba termina con este cambio.",
  "change.due": "Hoy pagas {amount} y, a partir del {date}, {rate}.",
  "change.due_only":
    "Hoy pagas {amount}. Tu suscripción sigue terminando el {date}.",
  "change.credit":
    "Se abonarán {amount} por el tiempo no utilizado en facturas posteriores.",
  "change.due_today": "A pagar hoy",
  "change.estimate":
    "Estimación de Stripe. Lo confirmarás en la página siguiente.",
  "change.unknown":
    "No se puede obtener de Stripe el importe de hoy. El nuevo precio es {rate}; verás el importe antes de confirmar.",
  "change.later": "{plan} empieza el {date} por {rate}. Hoy no pagas nada.",
  "change.later_note":
    "{plan} está pagado hasta entonces y sigue activo. Lo confirmarás en la página siguiente.",
  "change.same": "Este ya es tu plan.",
  "change.impossible":
    "Tu organización no puede cambiar a este plan ahora. Consulta tus opciones en la página de planes.",
  "keep.heading": "¿Mantener {plan}?",
  "keep.change":
    "Se deshará el cambio a {next} del {date}. {plan} se renovará como antes.",
  "keep.end": "{plan} no terminará el {date}. Se renovará como antes.",
  "keep.back": "Volver",
  "checkout.eyebrow": "Pago",
  "checkout.continue": "Continuar al pago",
  "checkout.lead":
    "Pagas en {host}. Si la página no se abre automáticamente, usa el botón.",

  // Changes on Stripe's pages
  "changes.none": "Tu plan no ha cambiado.",
  "changes.started": "{plan} está activo.",
  "changes.plan": "Has cambiado a {plan}.",
  "changes.plan_paid": "Has cambiado a {plan}: {amount} pagados.",
  "changes.monthly": "Has cambiado a la facturación mensual.",
  "changes.monthly_paid":
    "Has cambiado a la facturación mensual: {amount} pagados.",
  "changes.yearly": "Has cambiado a la facturación anual.",
  "changes.yearly_paid":
    "Has cambiado a la facturación anual: {amount} pagados.",
  "changes.scheduled": "{plan} hasta el {date}, después {next}.",
  "changes.scheduled_monthly": "{plan} anual hasta el {date}, después mensual.",
  "changes.scheduled_yearly": "{plan} mensual hasta el {date}, después anual.",
  "changes.undone": "Se ha deshecho el cambio de plan. Mantienes {plan}.",
  "changes.ends": "{plan} termina el {date}.",
  "changes.ended": "{plan} ha terminado.",
  "changes.resumed": "{plan} se ha reanudado.",
  "changes.paused": "{plan} está en pausa.",
  "changes.paid": "Pago recibido. {plan} está activo.",
  "changes.paid_amount": "Pago de {amount} recibido. {plan} está activo.",
  "changes.card": "Tarjeta actualizada: {card}.",

  // Organization details
  "details.billing_heading": "Datos de facturación",
  "details.billing_email": "Correo de facturación",
  "details.address": "Dirección",
  "details.tax_ids": "Identificadores fiscales",
  "details.payment_method": "Método de pago",
  "details.not_set": "Sin indicar",
  "details.edit": "Editar",
  "details.edit_of": "Editar: {detail}",
  "details.about":
    "Estos datos aparecen en tus facturas. Los cambias en las páginas de Stripe.",
  "details.unavailable": "Tus datos de facturación están a salvo.",
  "details.expires": "Caduca en {date}",
  "details.expired": "Caducó en {date}",
  "details.verified": "verificado",
  "details.pending": "verificación pendiente",
  "details.unverified": "no verificado",
  "details.organization": "Organización",
  "details.unnamed": "Nombre no disponible",
  "details.id": "ID",
  "details.role": "Tu rol",
  "details.no_role": "Ninguno",
  "details.access": "Acceso a la facturación",
  "details.all_members": "Todos los miembros",
  "details.access_yes": "{roles} – tienes acceso",
  "details.access_no": "{roles} – no tienes acceso",
  "details.you": "Tú",
  "details.your_organization": "Tu organización",
  "details.name": "Nombre",
  "details.email": "Correo electrónico",
  "role.admin": "Administrador",
  "role.member": "Miembro",

  // Account page
  "account.title": "Cuenta",
  "account.wallet": "Saldo",
  "account.usage": "Uso",
  "account.usage_heading": "Uso en los últimos 30 días",
  "account.ledger": "Movimientos",
  "account.invoices": "Facturas",
  "account.plan": "Plan",
  "account.plan_heading": "Plan y facturación",
  "account.api_keys": "Claves de API",
  "account.all_plans": "Ver todos los planes",
  "account.download_csv": "Descargar CSV",
  "wallet.total": "Saldo de tokens",
  "wallet.empty": "No te queda saldo.",
  "wallet.empty_text":
    "Las solicitudes que cuestan tokens se rechazan hasta que añadas más.",
  "wallet.low": "Tu saldo es bajo.",
  "wallet.low_text": "Las solicitudes que superan tu saldo se rechazan.",
  "wallet.granted": "Incluidos en tu plan",
  "wallet.of": "de {count}",
  "wallet.meter": "{granted} de {total}",
  "wallet.purchased": "Comprados",
  "wallet.purchased_text":
    "Se usan después de los tokens incluidos. No caducan.",
  "wallet.next_with_payment": "Se renuevan con el próximo pago de tu plan.",
  "wallet.resets": "Se restablecen a {count} el {date}.",
  "wallet.no_rollover": "Los tokens no utilizados no se acumulan.",
  "usage.none": "Sin uso en los últimos 30 días.",
  "usage.none_text":
    "<link>Crea una clave de API</link> para empezar; el uso aparece aquí cada día.",
  "usage.none_member": "El uso aparece aquí cada día.",
  "usage.total": "{count, plural, one {# token} other {# tokens}}",
  "usage.summary":
    "{days, plural, one {{total} en # día. Máximo el {date}: {most}.} other {{total} en # días. Máximo el {date}: {most}.}}",
  "usage.chart": "Tokens usados por día en los últimos 30 días",
  "usage.chart_about":
    "Entre 0 y {most} por día. La tabla de abajo contiene todos los valores.",
  "usage.day": "{date}: {count}",
  "usage.today": "Hoy",
  "usage.table": "Ver como tabla",
  "usage.table_caption": "Tokens usados por día, en UTC",
  "usage.table_day": "Día (UTC)",
  "usage.table_tokens": "Tokens",
  "packs.tokens":
    "{count, plural, one {<strong>#</strong> token} other {<strong>#</strong> tokens}}",
  "packs.once": "{amount}, pago único",
  "packs.buy": "Comprar paquete {pack}",
  "packs.forbidden":
    "Solo los administradores pueden comprar tokens. Pide acceso a un administrador de tu organización.",
  "pending.thanks": "Gracias.",
  "pending.processing": "{pack}: pago pendiente desde el {date}.",
  "pending.processing_text":
    "{count, plural, one {# token se añadirá cuando se complete, normalmente en unos días.} other {# tokens se añadirán cuando se complete, normalmente en unos días.}}",
  "pending.failed": "{pack}: el pago falló el {date}.",
  "pending.failed_text": "No se te ha cobrado nada y no se han añadido tokens.",
  "pending.buy_again": "Puedes intentarlo con otro método de pago.",
  "pending.ask_buy":
    "Pide a un administrador de tu organización que repita la compra.",
  "pending.watching": "Esta página se actualiza cuando se complete el pago.",
  "pending.not_watching": "Vuelve a esta página para ver el estado del pago.",

  // Transactions
  "ledger.filter": "Filtrar por tipo",
  "ledger.all": "Todos",
  "ledger.grants": "Asignaciones",
  "ledger.purchases": "Compras",
  "ledger.charges": "Consumos",
  "ledger.refunds": "Reembolsos",
  "ledger.expired": "Caducados",
  "ledger.adjustments": "Ajustes",
  "ledger.from": "Desde",
  "ledger.to": "Hasta",
  "ledger.apply_dates": "Aplicar fechas",
  "ledger.kind.grant": "Asignación",
  "ledger.kind.purchase": "Compra",
  "ledger.kind.charge": "Consumo",
  "ledger.kind.refund": "Reembolso",
  "ledger.kind.expiry": "Caducidad",
  "ledger.kind.adjustment": "Ajuste",
  "ledger.invoice": "Factura",
  "ledger.invoice_of": "Factura de {description}",
  "ledger.unit": "tokens",
  "ledger.balance": "Saldo: {count}",
  "ledger.none": "Aún no hay movimientos.",
  "ledger.none_text": "Las asignaciones, las compras y el uso aparecen aquí.",
  "ledger.none_of_kind": "No hay movimientos de este tipo.",
  "ledger.none_match": "Ningún movimiento coincide con estos filtros.",
  "ledger.searched":
    "Ninguno de los últimos 1000 movimientos coincide. Es posible que los más antiguos sí.",
  "ledger.searched_more":
    "Ninguno de los 1000 movimientos siguientes coincide. Es posible que los más antiguos sí.",
  "ledger.no_older": "No hay movimientos más antiguos.",
  "ledger.show_all": "Mostrar todos los movimientos",
  "ledger.newest": "Últimos movimientos",
  "ledger.older": "Movimientos anteriores",
  "entry.monthly": "Plan {plan} – tokens mensuales",
  "entry.prorated": "Plan {plan} – tokens prorrateados",
  "entry.expired": "Tokens no utilizados caducados",
  "entry.pack": "Paquete de tokens {pack}",
  "entry.refund": "Paquete de tokens reembolsado",
  "entry.dispute": "Pago del paquete de tokens disputado",
  "entry.refund_reversed": "Reembolso revertido",
  "entry.dispute_reversed": "Disputa revertida",

  // Invoices
  "next_invoice.heading": "Próxima factura",
  "next_invoice.due": "{amount} el {date}, si nada cambia.",
  "next_invoice.total": "Importe a pagar",
  "invoices.unavailable": "No se puede conectar con Stripe.",
  "invoices.unavailable_text": "Tus facturas están a salvo.",
  "invoices.no_older": "No hay facturas anteriores.",
  "invoices.none": "Aún no hay facturas.",
  "invoices.none_text":
    "Tu primera factura aparecerá después de tu próximo pago.",
  "invoices.none_customer":
    "<plans>Elige un plan</plans> o <credits>compra tokens</credits> para empezar.",
  "invoices.newest": "Últimas facturas",
  "invoices.older": "Facturas anteriores",
  "invoices.view": "Ver",
  "invoices.pdf": "PDF",
  "invoices.view_of": "Ver la factura {number}",
  "invoices.pdf_of": "PDF de la factura {number}",
  "invoices.open": "Pendiente",
  "invoices.paid": "Pagada",
  "invoices.uncollectible": "Incobrable",
  "invoices.void": "Anulada",
  "invoices.amounts_only":
    "Solo los administradores pueden abrir las facturas.",

  // API keys
  "keys.lead":
    "Las claves de API dan a tus aplicaciones acceso a {organization}. <link>Referencia de la API</link>",
  "keys.forbidden":
    "Solo los administradores pueden ver y crear claves de API. Pide acceso a un administrador de tu organización.",
  "keys.list": "Claves",
  "keys.new": "Clave nueva",
  "keys.jump": "Crear una clave",
  "keys.none": "Aún no hay claves de API.",
  "keys.none_text":
    "Las claves se muestran una sola vez, así que guarda la tuya en un lugar seguro.",
  "keys.permissions": "Permisos",
  "keys.created": "Creada el {date}",
  "keys.never_used": "Nunca usada",
  "keys.last_used": "Último uso: {time}",
  "keys.revoke": "Revocar",
  "keys.cancel": "Cancelar",
  "keys.revoke_text":
    "Las solicitudes con <strong>{name}</strong> (<code>{prefix}</code>) se rechazarán de inmediato. Esta acción no se puede deshacer.",
  "keys.revoke_confirm": "Revocar clave",
  "keys.revoked": "Clave de API revocada.",
  "keys.your_new": "Tu nueva clave de API",
  "keys.copy_now": "Copia esta clave ahora. No podrás volver a verla.",
  "keys.replaced":
    "El formulario se envió dos veces. Solo esta clave es válida; descarta la que hayas copiado antes.",
  "keys.label": "Clave de API",
  "keys.copy": "Copiar",
  "keys.copied": "Copiada.",
  "keys.copy_by_hand": "Seleccionada. Cópiala con el teclado.",
  "keys.duplicate_revoked":
    "Este formulario ya creó una clave, que después se revocó. No se ha creado otra.",
  "keys.duplicate":
    "<strong>{name} ya se había creado.</strong> No se ha creado otra clave y la primera no se puede volver a mostrar. Si no la copiaste, revócala y crea otra.",
  "keys.full":
    "Tu organización tiene {max} claves, el máximo. Revoca una que ya no uses.",
  "keys.name": "Nombre",
  "keys.name_about": "La aplicación que usa esta clave.",
  "keys.name_example": "Servidor de compilación",
  "keys.create": "Crear clave",
  "keys.name_missing": "Introduce un nombre.",
  "keys.name_invalid": "Usa como máximo 80 caracteres en una línea.",
  "keys.scopes_missing": "Selecciona al menos un permiso.",
  "keys.expired_on": "Caducó el {date}",
  "keys.expires_on": "Caduca el {date}",
  "keys.rotated_until": "Rotada, funciona hasta el {time}",
  "keys.edit": "Editar",
  "keys.save": "Guardar cambios",
  "keys.rotate": "Rotar",
  "keys.rotate_about":
    "Crea una clave nueva con el mismo nombre y los mismos permisos. Esta clave sigue funcionando 24 horas, para que puedas sustituirla sin interrupciones.",
  "keys.rotate_confirm": "Rotar clave",
  "keys.changed": "{name} se ha actualizado.",
  "keys.changed_revoked": "La clave se actualizó y después se revocó.",
  "keys.already_rotated":
    "Esta clave ya se había rotado. Rota la que la sustituye.",
  "keys.rotate_expired": "Esta clave ha caducado. Crea una nueva.",
  "keys.rotate_full":
    "Aún funcionan demasiadas claves rotadas. Revoca una primero.",
  "keys.try_it": "Pruébala. Sustituye {prefix}… por la clave que has copiado:",
  "keys.former":
    "La clave anterior funciona hasta el {time}. Sustitúyela en todas partes antes de esa fecha.",
  "keys.expiry": "Vencimiento",
  "keys.expiry_never": "Nunca",
  "keys.expiry_days": "{days, plural, one {# día} other {# días}}",
  "keys.expiry_about": "Las solicitudes con una clave caducada se rechazan.",
  "keys.expiry_invalid": "Elige un vencimiento de la lista.",
  "scope.read": "Leer facturación",
  "scope.read_about": "Saldo, movimientos y facturas.",
  "scope.manage": "Gestionar facturación",
  "scope.manage_about":
    "Leer la facturación y abrir el portal de clientes y la página de pago.",
  "scope.charge": "Cargar uso",
  "scope.charge_about": "Descontar tokens por el uso.",

  // Activity
  "activity.none": "Aún no hay actividad.",
  "activity.none_text":
    "Los cambios en tu plan, tus pagos y tus claves de API aparecen aquí.",
  "activity.end": "No hay actividad anterior.",
  "activity.newest": "Actividad más reciente",
  "activity.older": "Actividad anterior",
  "actor.operator": "Soporte",
  "actor.service_key": "Clave de servicio",
  "actor.api_key": "Clave de API {name}",
  "actor.revoked_key": "Una clave de API ya revocada",
  "activity.portal": "Portal de facturación abierto",
  "activity.portal_card":
    "Portal de facturación abierto para actualizar la tarjeta",
  "activity.portal_details":
    "Portal de facturación abierto para actualizar los datos de facturación",
  "activity.portal_plan": "Portal de facturación abierto para cambiar de plan",
  "activity.portal_cancel":
    "Portal de facturación abierto para cancelar el plan",
  "activity.portal_pause": "Portal de facturación abierto para pausar el plan",
  "activity.checkout_started": "Pago iniciado: {item}",
  "activity.checkout_completed": "Pago completado: {item}",
  "activity.pack": "paquete de tokens {pack}",
  "activity.unknown_pack": "un paquete de tokens",
  "activity.custom_plan": "plan personalizado",
  "activity.removed": "La suscripción se ha eliminado",
  "activity.started": "{plan} ha empezado",
  "activity.trial": "Ha empezado la prueba de {plan}",
  "activity.switched": "Cambio de {from} a {to}",
  "activity.scheduled": "{from} hasta el {date}, después {to}",
  "activity.unscheduled": "Se ha deshecho el cambio programado de {plan}",
  "activity.ends": "{plan} terminará el {date}",
  "activity.kept": "{plan} volverá a renovarse",
  "activity.active": "{plan} está activo",
  "activity.trialing": "{plan} está en periodo de prueba",
  "activity.past_due": "El pago de {plan} está vencido",
  "activity.unpaid":
    "{plan} está en espera: todos los reintentos de pago han fallado",
  "activity.paused": "{plan} se ha pausado",
  "activity.canceled": "{plan} ha terminado",
  "activity.incomplete": "{plan} espera su primer pago",
  "activity.incomplete_expired": "El primer pago de {plan} ha caducado",
  "activity.updated": "{plan} se ha actualizado",
  "activity.payment_failed": "Ha fallado un pago de {amount}",
  "activity.card_removed": "Se ha eliminado el método de pago predeterminado",
  "activity.card_changed": "El método de pago predeterminado ahora es {card}",
  "activity.key_created": "Clave de API {key} creada",
  "activity.key_changed": "Clave de API {key} modificada",
  "activity.key_renamed": "Clave de API {from} renombrada a {to}",
  "activity.key_rotated": "Clave de API {key} rotada",
  "activity.key_revoked": "Clave de API {key} revocada",
  "activity.adjusted": "Saldo ajustado en {tokens} tokens: {reason}",
  "activity.linked": "Organización conectada a Stripe",
  "activity.deleted": "Datos de facturación de la organización eliminados",

  // API reference
  "docs.title": "Referencia de la API",
  "docs.eyebrow": "Referencia",
  "docs.lead":
    "Autentícate con una <keys>clave de API</keys> o una sesión. <openapi>Descargar OpenAPI 3.1</openapi>",
  "docs.noscript":
    "La referencia necesita JavaScript. Puedes abrir el documento OpenAPI en cualquier visor.",
};
