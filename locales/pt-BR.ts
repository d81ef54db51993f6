import type { Messages } from "./en.ts";

/** Brazilian Portuguese. */
export const ptBR: Messages = {
  // Page frame
  "frame.title": "{page} · {organization}",
  "frame.skip": "Ir para o conteúdo",
  "frame.nav": "Navegação principal",
  "frame.organization": "Organização",
  "frame.pricing": "Preços",
  "frame.sign_out": "Sair",
  "frame.footer": "Os pagamentos são processados pela Stripe.",
  "frame.support": "Suporte",
  "frame.terms": "Termos",
  "frame.privacy": "Privacidade",
  "frame.language": "Idioma",
  "frame.console": "Console do ambiente de testes",
  "frame.parts": "Seções desta página",

  // Mode bar
  "mode.sandbox": "Ambiente de testes",
  "mode.test": "Modo de teste",
  "mode.local_stripe": "Stripe local, sem dinheiro real",
  "mode.stripe_test": "Stripe, modo de teste",
  "mode.stripe_live": "Stripe, modo de produção",
  "mode.stripe_at": "em {origin}",
  "mode.local_sign_in": "login local",
  "mode.your_sign_in": "seu login",
  "mode.label": "Modo",

  // Sign-in
  "sign_in.title": "Entrar",
  "sign_in.eyebrow": "Login local",
  "sign_in.heading": "Escolha um usuário de teste",
  "sign_in.lead":
    "Nenhuma conta está configurada, então você pode entrar como qualquer usuário. Cada um mostra uma visão diferente.",
  "sign_in.no_organization": "Sem organização",
  "sign_in.no_organization_about":
    "Ainda não é membro: o que um novo usuário vê.",
  "signed_out.eyebrow": "Sessão encerrada",
  "signed_out.heading": "Entre para continuar",
  "signed_out.ended_heading": "Sua sessão expirou",
  "signed_out.lead":
    "Esta página pertence a uma organização. Entre para ver a sua.",
  "signed_out.ended_lead":
    "As sessões expiram após um período de inatividade. Entre para voltar a esta página.",
  "signed_out.elsewhere":
    "Entre no seu aplicativo e depois volte a esta página.",
  "signed_out.action": "Entrar",
  "no_organization.eyebrow": "Sem organização",
  "no_organization.title": "Escolher uma organização",
  "no_organization.heading": "Primeiro, escolha uma organização",
  "no_organization.lead_sandbox":
    "Planos e cobrança pertencem a uma organização. Escolha uma da qual você é membro ou entre como outro usuário de teste.",
  "no_organization.lead":
    "Planos e cobrança pertencem a uma organização. Escolha uma onde você fez login ou peça um convite a um administrador e volte aqui.",
  "no_organization.choose": "Escolher uma organização",

  // Actions on several pages
  "action.see_plans": "Ver planos",
  "action.choose_plan": "Escolher um plano",
  "action.back_to_plans": "Voltar aos planos",
  "action.to_organization": "Ir para sua organização",
  "action.try_again": "Tentar novamente",
  "action.refresh": "Atualizar da Stripe",
  "action.buy_tokens": "Comprar tokens",
  "action.update_card": "Atualizar cartão",
  "action.add_card": "Adicionar cartão",
  "action.pay_invoice": "Pagar fatura em aberto",
  "action.finish_payment": "Concluir pagamento",
  "action.resume": "Retomar {plan}",

  // Error pages
  "error.eyebrow": "Erro {status}",
  "error.request_id": "ID da solicitação: {id}",
  "error.details": "Detalhes: {message}",
  "error.no_customer.heading": "Ainda não há cobranças",
  "error.no_customer.text":
    "Sua organização não tem forma de pagamento nem faturas. Escolha um plano para começar.",
  "error.deleted.heading": "Esta organização foi excluída",
  "error.deleted.text":
    "O plano, o saldo e as chaves não existem mais. Para continuar, escolha outra organização.",
  "error.flow.heading": "Esta alteração não está disponível",
  "error.flow.text":
    "Seu plano pode ter mudado desde que você abriu a página. Acesse sua organização para ver o plano atual.",
  "error.no_organization.text":
    "A cobrança pertence a uma organização, e você entrou sem nenhuma.",
  "error.other_organization.heading": "Você mudou de organização",
  "error.other_organization.text":
    "O formulário enviado era de outra organização. Nada foi alterado.",
  "error.401.text": "Entre para voltar à sua organização.",
  "error.403.heading": "Você não tem acesso",
  "error.403.text": "Peça acesso a um administrador da sua organização.",
  "error.404.heading": "Página não encontrada",
  "error.404.text": "O endereço pode estar incorreto ou a página foi movida.",
  "error.429.heading": "Muitas solicitações",
  "error.429.text":
    "Você enviou muitas solicitações. Aguarde um minuto e tente novamente. Nada foi alterado.",
  "error.503.heading": "Temporariamente indisponível",
  "error.503.text":
    "Não foi possível acessar um serviço de que esta página precisa. Nada foi alterado. Tente novamente em alguns segundos.",
  "error.stripe.heading": "Não foi possível acessar a Stripe",
  "error.stripe.text": "Nada foi alterado. Tente novamente em alguns segundos.",
  "error.500.heading": "Algo deu errado",
  "error.500.text":
    "Registramos o erro. Tente novamente em instantes; se continuar, informe este ID da solicitação.",
  "error.400.heading": "Link inválido",
  "error.400.text": "Parte do endereço está incorreta ou desatualizada.",
  "error.400.action": "Abrir sem filtros",
  "error.refused.heading": "Não foi possível concluir a solicitação",
  "error.refused.text": "Volte e tente novamente.",

  // Results of actions
  "flash.plan_active": "{plan} está ativo.",
  "flash.paid": "Pagamento confirmado. Obrigado.",
  "flash.paid_invoice":
    "Seu pagamento foi confirmado. A fatura está em “Gerenciar cobrança”.",
  "flash.trial": "Seu teste vai até {date}. Nada será cobrado antes disso.",
  "flash.paid_pack":
    "Pagamento confirmado. Obrigado. Os tokens estão no seu saldo, e a fatura está listada abaixo.",
  "flash.processing_pack":
    "Pagamento pendente. Obrigado. Os tokens serão adicionados quando ele for compensado, geralmente em alguns dias.",
  "flash.processing":
    "Pagamento pendente. Obrigado. Seu plano começa quando ele for compensado, geralmente em alguns dias.",
  "flash.payment_failed":
    "Seu pagamento falhou e nada foi cobrado. Escolha um plano para tentar com outra forma de pagamento.",
  "flash.payment_failed_pack":
    "Seu pagamento falhou e nada foi cobrado. Nenhum token foi adicionado.",
  "flash.open":
    "O pagamento não foi concluído e nada foi cobrado. Escolha o plano novamente para continuar.",
  "flash.expired":
    "A sessão de pagamento expirou e nada foi cobrado. Escolha um plano para recomeçar.",
  "flash.not_yours":
    "Esse pagamento pertence a outra organização. A cobrança desta organização está abaixo.",
  "flash.unavailable":
    "Não foi possível acessar a Stripe para confirmar seu pagamento. Seu pagamento está seguro: recarregue esta página em instantes.",
  "flash.checked": "Tudo atualizado.",
  "flash.too_soon": "Atualizado há instantes. Tente novamente em dez segundos.",
  "flash.failed": "Não foi possível acessar a Stripe.",
  "flash.outdated": "As informações abaixo podem estar desatualizadas.",
  "flash.last_synced": "As informações abaixo são de {time}.",

  // Organization page
  "plans.tab": "Planos",
  "plans.activity_tab": "Atividade",
  "plans.details_tab": "Detalhes",
  "plans.all": "Todos os planos",
  "plans.tokens":
    "{count, plural, one {# token por mês} other {# tokens por mês}}",
  "plans.calls":
    "{count, plural, one {# chamada de API por minuto} other {# chamadas de API por minuto}}",
  "plans.your_plan": "Seu plano",
  "plans.custom": "Plano personalizado",

  // Prices
  "rate.month": "{amount} por mês",
  "rate.year": "{amount} por ano",
  "plan_interval.month": "{plan} (mensal)",
  "plan_interval.year": "{plan} (anual)",
  "interval.legend": "Período de cobrança",
  "interval.month": "Mensal",
  "interval.year": "Anual",
  "interval.save_up_to": "economize até {amount}",
  "price.zero_note": "Não é necessário cartão",
  "price.unavailable": "Preço indisponível",
  "price.per_month": "<strong>{amount}</strong> por mês",
  "price.per_year": "<strong>{amount}</strong> por ano",
  "price.or_month": "ou {amount} por mês",
  "price.or_year": "ou {amount} por ano",
  "price.or_year_saving": "ou {amount} por ano, economize {saving}",
  "price.saving": "economize {saving}",
  "limits.tokens": "Tokens por mês",
  "limits.calls": "Chamadas de API por minuto",
  "pricing.title": "Preços",
  "pricing.start": "Começar grátis",
  "pricing.contact":
    "Precisa de um plano personalizado? <link>Fale conosco</link>",
  "plans.recommended": "Recomendado",
  "pricing.heading": "Três planos, uma só fatura",
  "pricing.lead":
    "Comece sem cartão. Um plano cobre sua organização; altere ou cancele quando quiser em “Gerenciar cobrança”.",

  // Plan cards: status and action
  "plan.choose": "Escolher {plan}",
  "plan.try":
    "{days, plural, one {Testar {plan} por # dia} other {Testar {plan} por # dias}}",
  "plan.starts_on": "Começa em {date}",
  "plan.ends_on": "Termina em {date}",
  "plan.from": "A partir de {date}",
  "plan.until": "Até {date}",
  "plan.keep": "Manter {plan}",
  "plan.cancel": "Cancelar {plan}",
  "plan.cancel_custom": "Cancelar seu plano",
  "plan.switch": "Mudar para {plan}",
  "plan.switch_month": "Mudar para mensal",
  "plan.switch_year": "Mudar para anual",
  "plan.starts_once_paid": "Começa após o pagamento",
  "plan.retrying": "Ativo – tentando o pagamento novamente",
  "plan.on_hold": "Suspenso até o pagamento da fatura em aberto",
  "plan.paused": "Pausado. Nada será cobrado.",
  "plan.current": "Plano atual",
  "plan.current_rate": "Plano atual: {rate}",
  "plan.trial_then": "Teste, depois {rate}",
  "plan.after_first_payment": "Disponível após o primeiro pagamento de {plan}",
  "plan.after_payment": "Disponível após a confirmação do pagamento",
  "plan.after_resume": "Disponível após a retomada de {plan}",
  "plan.change_scheduled": "Uma mudança de plano está agendada",
  "plan.undo_change": "Desfazer mudança",
  "plan.keep_to_switch": "Mantenha {plan} para mudar de plano",
  "plan.prices_unknown":
    "Não foi possível carregar os preços. Tente novamente em instantes.",
  "plan.custom_change": "Plano personalizado – fale conosco para alterar",

  // Subscription status
  "status.charged_to": "Cobrado em {card}",
  "status.no_card": "Nenhuma forma de pagamento",
  "status.incomplete": "{plan} começa após o primeiro pagamento.",
  "status.incomplete_expired":
    "O primeiro pagamento de {plan} não foi concluído.",
  "status.paused": "Pausado. Nada será cobrado.",
  "status.unpaid": "Suspenso até o pagamento da fatura em aberto.",
  "status.ended": "{plan} terminou.",
  "status.ended_on": "{plan} terminou em {date}.",
  "status.ended_unpaid": "{plan} terminou em {date} porque o pagamento falhou.",
  "status.ended_disputed":
    "{plan} terminou em {date} porque um pagamento foi contestado.",
  "status.ends_on": "Termina em {date}. Você não será cobrado novamente.",
  "status.past_due": "Seu último pagamento falhou.",
  "status.change": "{plan} começa em {date}.",
  "status.change_rate": "{plan} começa em {date} por {rate}.",
  "status.trial": "Seu teste vai até {date}.",
  "status.trial_then": "Seu teste vai até {date}, depois {rate}.",
  "status.next_charge": "Próxima cobrança em {date}.",
  "status.next_charge_amount": "Próxima cobrança: {amount} em {date}.",
  "card.ending": "{brand} com final {last4}",
  "invoice.due": "Há {amount} em aberto na fatura {number}.",

  // Manage Billing
  "manage.button": "Gerenciar cobrança",
  "manage.about":
    "Atualize sua forma de pagamento e seus dados de cobrança ou baixe faturas.",
  "manage.forbidden":
    "Somente administradores podem gerenciar a cobrança. Peça acesso a um administrador da sua organização.",
  "manage.none": "Ainda não há cobranças.",
  "manage.none_text":
    "Escolha um plano para adicionar uma forma de pagamento e ver faturas.",
  "manage.none_member":
    "Quando um administrador escolher um plano, a forma de pagamento e as faturas aparecerão aqui.",
  "redirect.pending": "Abrindo a Stripe…",
  "redirect.timeout":
    "A Stripe está demorando muito. Tente novamente em instantes.",
  "redirect.offline":
    "Não foi possível acessar o servidor. Verifique sua conexão e tente novamente.",
  "redirect.session_ended": "Sua sessão expirou.",
  "redirect.sign_in": "Entrar novamente",
  "redirect.forbidden":
    "Somente administradores podem gerenciar a cobrança. Peça acesso a um administrador.",
  "redirect.outdated": "Esta página está desatualizada. Recarregue-a.",
  "redirect.busy":
    "Muitas solicitações. Tente novamente em {seconds} segundos.",
  "redirect.failed":
    "Não foi possível abrir a Stripe. Tente novamente em instantes.",
  "redirect.no_billing": "Ainda não há cobranças.",
  "redirect.plan_unavailable":
    "Este plano não está disponível. Recarregue a página para ver os planos atuais.",

  // Alerts
  "alert.ask_finish":
    "Peça a um administrador da sua organização para concluí-lo.",
  "alert.ask_card":
    "Peça a um administrador da sua organização para atualizar o cartão.",
  "alert.ask_pay":
    "Peça a um administrador da sua organização para atualizar o cartão e pagar a fatura em aberto.",
  "alert.ask_resume":
    "Peça a um administrador da sua organização para retomá-lo.",
  "alert.ask_add_card":
    "Peça a um administrador da sua organização para adicionar um cartão.",
  "alert.unfinished": "Conclua seu pagamento",
  "alert.unfinished_amount": "Conclua seu pagamento de {amount}",
  "alert.unfinished_text":
    "Conclua o pagamento para começar com {plan}. Se não for concluído em 23 horas, ele expira e nada será cobrado.",
  "alert.unfinished_by":
    "Conclua o pagamento até {time} para começar com {plan}. Depois disso, ele expira e nada será cobrado.",
  "alert.failed": "Seu último pagamento falhou",
  "alert.failed_amount": "Seu último pagamento de {amount} falhou",
  "alert.retry": "Tentaremos cobrar a fatura {number} novamente em {date}.",
  "alert.no_retry":
    "A cobrança da fatura {number} não será repetida automaticamente.",
  "alert.failed_text":
    "{plan} continua ativo enquanto tentamos o pagamento novamente.",
  "alert.failed_step": "Atualize seu cartão para manter {plan}.",
  "alert.given_up": "{plan} está suspenso: o pagamento falhou",
  "alert.given_up_text":
    "Todas as tentativas falharam. Seus dados estão seguros.",
  "alert.given_up_step":
    "Atualize seu cartão e depois pague a fatura em aberto.",
  "alert.paused": "{plan} está pausado",
  "alert.paused_no_card": "Não há cartão para cobrar.",
  "alert.paused_text": "Nada será cobrado até a retomada.",
  "alert.paused_step": "Retome em “Gerenciar cobrança”.",
  "alert.paused_add_card":
    "Adicione um cartão e retome em “Gerenciar cobrança”.",
  "alert.trial": "Seu teste termina em {date}",
  "alert.trial_ends": "{plan} termina com o teste. Nada será cobrado.",
  "alert.trial_no_card": "Adicione um cartão para manter {plan} após o teste.",
  "alert.trial_continues":
    "Depois disso, {plan} continua com cobrança em {card}. Cancele antes para evitar a cobrança.",
  "alert.trial_continues_rate":
    "Depois disso, {plan} continua por {rate}, com cobrança em {card}. Cancele antes para evitar a cobrança.",

  // Plan change
  "change.title": "Mudar para {plan}",
  "change.organization": "Sua organização",
  "change.continue": "Continuar",
  "change.keep": "Manter plano atual",
  "change.forbidden":
    "Somente administradores podem mudar o plano. Peça acesso a um administrador da sua organização.",
  "change.trial_ends": "Seu teste termina com esta mudança.",
  "change.due": "{amount} hoje, depois {rate} a partir de {date}.",
  "change.due_only": "{amount} hoje. Sua assinatura ainda termina em {date}.",
  "change.credit":
    "{amount} de tempo não utilizado serão creditados em faturas futuras.",
  "change.due_today": "A pagar hoje",
  "change.estimate": "Estimativa da Stripe. Você confirmará na próxima página.",
  "change.unknown":
    "Não foi possível obter da Stripe o valor de hoje. O novo preço é {rate}; você verá o valor antes de confirmar.",
  "change.later": "{plan} começa em {date} por {rate}. Nada a pagar hoje.",
  "change.later_note":
    "{plan} está pago até lá e continua ativo. Você confirmará na próxima página.",
  "change.same": "Este já é o seu plano.",
  "change.impossible":
    "Sua organização não pode mudar para este plano agora. Veja suas opções na página de planos.",
  "keep.heading": "Manter {plan}?",
  "keep.change":
    "A mudança para {next} em {date} será desfeita. {plan} será renovado como antes.",
  "keep.end": "{plan} não terminará em {date}. Será renovado como antes.",
  "keep.back": "Voltar",
  "checkout.eyebrow": "Pagamento",
  "checkout.continue": "Continuar para o pagamento",
  "checkout.lead":
    "Você paga em {host}. Se a página não abrir automaticamente, use o botão.",

  // Changes on Stripe's pages
  "changes.none": "Seu plano não mudou.",
  "changes.started": "{plan} está ativo.",
  "changes.plan": "Você mudou para {plan}.",
  "changes.plan_paid": "Você mudou para {plan}: {amount} pagos.",
  "changes.monthly": "Você mudou para a cobrança mensal.",
  "changes.monthly_paid": "Você mudou para a cobrança mensal: {amount} pagos.",
  "changes.yearly": "Você mudou para a cobrança anual.",
  "changes.yearly_paid": "Você mudou para a cobrança anual: {amount} pagos.",
  "changes.scheduled": "{plan} até {date}, depois {next}.",
  "changes.scheduled_monthly": "{plan} anual até {date}, depois mensal.",
  "changes.scheduled_yearly": "{plan} mensal até {date}, depois anual.",
  "changes.undone": "A mudança de plano foi desfeita. Você mantém {plan}.",
  "changes.ends": "{plan} termina em {date}.",
  "changes.ended": "{plan} terminou.",
  "changes.resumed": "{plan} foi retomado.",
  "changes.paused": "{plan} está pausado.",
  "changes.paid": "Pagamento recebido. {plan} está ativo.",
  "changes.paid_amount": "Pagamento de {amount} recebido. {plan} está ativo.",
  "changes.card": "Cartão atualizado: {card}.",

  // Organization details
  "details.billing_heading": "Dados de cobrança",
  "details.billing_email": "E-mail de cobrança",
  "details.address": "Endereço",
  "details.tax_ids": "Identificações fiscais",
  "details.payment_method": "Forma de pagamento",
  "details.not_set": "Não informado",
  "details.edit": "Editar",
  "details.edit_of": "Editar: {detail}",
  "details.about":
    "Esses dados aparecem nas suas faturas. Você os altera nas páginas da Stripe.",
  "details.unavailable": "Seus dados de cobrança estão seguros.",
  "details.expires": "Válido até {date}",
  "details.expired": "Venceu em {date}",
  "details.verified": "verificado",
  "details.pending": "verificação pendente",
  "details.unverified": "não verificado",
  "details.organization": "Organização",
  "details.unnamed": "Nome indisponível",
  "details.id": "ID",
  "details.role": "Sua função",
  "details.no_role": "Nenhuma",
  "details.access": "Acesso à cobrança",
  "details.all_members": "Todos os membros",
  "details.access_yes": "{roles} – você tem acesso",
  "details.access_no": "{roles} – você não tem acesso",
  "details.you": "Você",
  "details.your_organization": "Sua organização",
  "details.name": "Nome",
  "details.email": "E-mail",
  "role.admin": "Administrador",
  "role.member": "Membro",

  // Account page
  "account.title": "Conta",
  "account.wallet": "Saldo",
  "account.usage": "Uso",
  "account.usage_heading": "Uso nos últimos 30 dias",
  "account.ledger": "Transações",
  "account.invoices": "Faturas",
  "account.plan": "Plano",
  "account.plan_heading": "Plano e cobrança",
  "account.api_keys": "Chaves de API",
  "account.all_plans": "Ver todos os planos",
  "account.download_csv": "Baixar CSV",
  "wallet.total": "Saldo de tokens",
  "wallet.empty": "Seu saldo acabou.",
  "wallet.empty_text":
    "Solicitações que custam tokens são recusadas até você adicionar mais.",
  "wallet.low": "Seu saldo está baixo.",
  "wallet.low_text": "Solicitações que excedem seu saldo são recusadas.",
  "wallet.granted": "Incluídos no seu plano",
  "wallet.of": "de {count}",
  "wallet.meter": "{granted} de {total}",
  "wallet.purchased": "Comprados",
  "wallet.purchased_text": "Usados depois dos tokens incluídos. Não expiram.",
  "wallet.next_with_payment": "Renovados no próximo pagamento do seu plano.",
  "wallet.resets": "Redefinidos para {count} em {date}.",
  "wallet.no_rollover": "Tokens não utilizados não são acumulados.",
  "usage.none": "Nenhum uso nos últimos 30 dias.",
  "usage.none_text":
    "<link>Crie uma chave de API</link> para começar; o uso aparece aqui diariamente.",
  "usage.none_member": "O uso aparece aqui diariamente.",
  "usage.total": "{count, plural, one {# token} other {# tokens}}",
  "usage.summary":
    "{days, plural, one {{total} em # dia. Pico em {date}: {most}.} other {{total} em # dias. Pico em {date}: {most}.}}",
  "usage.chart": "Tokens usados por dia nos últimos 30 dias",
  "usage.chart_about":
    "Entre 0 e {most} por dia. A tabela abaixo contém todos os valores.",
  "usage.day": "{date}: {count}",
  "usage.today": "Hoje",
  "usage.table": "Ver como tabela",
  "usage.table_caption": "Tokens usados por dia, em UTC",
  "usage.table_day": "Dia (UTC)",
  "usage.table_tokens": "Tokens",
  "packs.tokens":
    "{count, plural, one {<strong>#</strong> token} other {<strong>#</strong> tokens}}",
  "packs.once": "{amount}, pagamento único",
  "packs.buy": "Comprar pacote {pack}",
  "packs.forbidden":
    "Somente administradores podem comprar tokens. Peça acesso a um administrador da sua organização.",
  "pending.thanks": "Obrigado.",
  "pending.processing": "{pack}: pagamento pendente desde {date}.",
  "pending.processing_text":
    "{count, plural, one {# token será adicionado quando ele for compensado, geralmente em alguns dias.} other {# tokens serão adicionados quando ele for compensado, geralmente em alguns dias.}}",
  "pending.failed": "{pack}: o pagamento falhou em {date}.",
  "pending.failed_text": "Nada foi cobrado, e nenhum token foi adicionado.",
  "pending.buy_again":
    "Você pode tentar novamente com outra forma de pagamento.",
  "pending.ask_buy":
    "Peça a um administrador da sua organização para refazer a compra.",
  "pending.watching":
    "Esta página é atualizada quando o pagamento for compensado.",
  "pending.not_watching": "Volte a esta página para ver o status do pagamento.",

  // Transactions
  "ledger.filter": "Filtrar por tipo",
  "ledger.all": "Todas",
  "ledger.grants": "Concessões",
  "ledger.purchases": "Compras",
  "ledger.charges": "Consumo",
  "ledger.refunds": "Reembolsos",
  "ledger.expired": "Expirações",
  "ledger.adjustments": "Ajustes",
  "ledger.from": "De",
  "ledger.to": "Até",
  "ledger.apply_dates": "Aplicar datas",
  "ledger.kind.grant": "Concessão",
  "ledger.kind.purchase": "Compra",
  "ledger.kind.charge": "Consumo",
  "ledger.kind.refund": "Reembolso",
  "ledger.kind.expiry": "Expiração",
  "ledger.kind.adjustment": "Ajuste",
  "ledger.invoice": "Fatura",
  "ledger.invoice_of": "Fatura de {description}",
  "ledger.unit": "tokens",
  "ledger.balance": "Saldo: {count}",
  "ledger.none": "Ainda não há transações.",
  "ledger.none_text": "Concessões, compras e uso aparecem aqui.",
  "ledger.none_of_kind": "Nenhuma transação deste tipo.",
  "ledger.none_match": "Nenhuma transação corresponde a estes filtros.",
  "ledger.searched":
    "Nenhuma das últimas 1.000 transações corresponde. As mais antigas podem corresponder.",
  "ledger.searched_more":
    "Nenhuma das 1.000 transações seguintes corresponde. As mais antigas podem corresponder.",
  "ledger.no_older": "Não há transações mais antigas.",
  "ledger.show_all": "Mostrar todas as transações",
  "ledger.newest": "Transações mais recentes",
  "ledger.older": "Transações mais antigas",
  "entry.monthly": "Plano {plan} – tokens mensais",
  "entry.prorated": "Plano {plan} – tokens proporcionais",
  "entry.expired": "Tokens não utilizados expirados",
  "entry.pack": "Pacote de tokens {pack}",
  "entry.refund": "Pacote de tokens reembolsado",
  "entry.dispute": "Pagamento do pacote de tokens contestado",
  "entry.refund_reversed": "Reembolso revertido",
  "entry.dispute_reversed": "Contestação revertida",

  // Invoices
  "next_invoice.heading": "Próxima fatura",
  "next_invoice.due": "{amount} em {date}, se nada mudar.",
  "next_invoice.total": "Valor devido",
  "invoices.unavailable": "Não foi possível acessar a Stripe.",
  "invoices.unavailable_text": "Suas faturas estão seguras.",
  "invoices.no_older": "Nenhuma fatura mais antiga.",
  "invoices.none": "Ainda não há faturas.",
  "invoices.none_text": "Sua primeira fatura aparece após o próximo pagamento.",
  "invoices.none_customer":
    "<plans>Escolha um plano</plans> ou <credits>compre tokens</credits> para começar.",
  "invoices.newest": "Faturas mais recentes",
  "invoices.older": "Faturas mais antigas",
  "invoices.view": "Ver",
  "invoices.pdf": "PDF",
  "invoices.view_of": "Ver fatura {number}",
  "invoices.pdf_of": "PDF da fatura {number}",
  "invoices.open": "Em aberto",
  "invoices.paid": "Paga",
  "invoices.uncollectible": "Incobrável",
  "invoices.void": "Anulada",
  "invoices.amounts_only": "Somente administradores podem abrir faturas.",

  // API keys
  "keys.lead":
    "As chaves de API dão aos seus aplicativos acesso a {organization}. <link>Referência da API</link>",
  "keys.forbidden":
    "Somente administradores podem ver e criar chaves de API. Peça acesso a um administrador da sua organização.",
  "keys.list": "Chaves",
  "keys.new": "Nova chave",
  "keys.jump": "Criar uma chave",
  "keys.none": "Ainda não há chaves de API.",
  "keys.none_text":
    "As chaves são exibidas apenas uma vez, então guarde a sua em um lugar seguro.",
  "keys.permissions": "Permissões",
  "keys.created": "Criada em {date}",
  "keys.never_used": "Nunca usada",
  "keys.last_used": "Último uso: {time}",
  "keys.revoke": "Revogar",
  "keys.cancel": "Cancelar",
  "keys.revoke_text":
    "Solicitações com <strong>{name}</strong> (<code>{prefix}</code>) serão recusadas imediatamente. Esta ação não pode ser desfeita.",
  "keys.revoke_confirm": "Revogar chave",
  "keys.revoked": "Chave de API revogada.",
  "keys.your_new": "Sua nova chave de API",
  "keys.copy_now": "Copie esta chave agora. Você não poderá vê-la novamente.",
  "keys.replaced":
    "O formulário foi enviado duas vezes. Somente esta chave é válida; descarte a que você copiou antes.",
  "keys.label": "Chave de API",
  "keys.copy": "Copiar",
  "keys.copied": "Copiada.",
  "keys.copy_by_hand": "Selecionada. Copie com o teclado.",
  "keys.duplicate_revoked":
    "Este formulário já criou uma chave, que foi revogada depois. Nenhuma outra chave foi criada.",
  "keys.duplicate":
    "<strong>{name} já foi criada.</strong> Nenhuma outra chave foi criada, e a primeira não pode ser exibida novamente. Se você não a copiou, revogue-a e crie outra.",
  "keys.full":
    "Sua organização tem {max} chaves, o máximo. Revogue uma que você não usa mais.",
  "keys.name": "Nome",
  "keys.name_about": "O aplicativo que usa esta chave.",
  "keys.name_example": "Servidor de build",
  "keys.create": "Criar chave",
  "keys.name_missing": "Informe um nome.",
  "keys.name_invalid": "Use no máximo 80 caracteres em uma linha.",
  "keys.scopes_missing": "Selecione pelo menos uma permissão.",
  "keys.expired_on": "Expirou em {date}",
  "keys.expires_on": "Expira em {date}",
  "keys.rotated_until": "Rotacionada, funciona até {time}",
  "keys.edit": "Editar",
  "keys.save": "Salvar alterações",
  "keys.rotate": "Rotacionar",
  "keys.rotate_about":
    "Cria uma nova chave com o mesmo nome e as mesmas permissões. Esta chave continua funcionando por 24 horas, para que você possa substituí-la sem interrupção.",
  "keys.rotate_confirm": "Rotacionar chave",
  "keys.changed": "{name} foi atualizada.",
  "keys.changed_revoked": "A chave foi atualizada e depois revogada.",
  "keys.already_rotated":
    "Esta chave já foi rotacionada. Rotacione a sucessora.",
  "keys.rotate_expired": "Esta chave expirou. Crie uma nova.",
  "keys.rotate_full":
    "Ainda há chaves rotacionadas demais em funcionamento. Revogue uma primeiro.",
  "keys.try_it": "Experimente. Substitua {prefix}… pela chave que você copiou:",
  "keys.former":
    "A chave anterior funciona até {time}. Substitua-a em todos os lugares antes disso.",
  "keys.expiry": "Validade",
  "keys.expiry_never": "Nunca",
  "keys.expiry_days": "{days, plural, one {# dia} other {# dias}}",
  "keys.expiry_about": "Solicitações com uma chave expirada são recusadas.",
  "keys.expiry_invalid": "Escolha uma validade da lista.",
  "scope.read": "Ler cobrança",
  "scope.read_about": "Saldo, transações e faturas.",
  "scope.manage": "Gerenciar cobrança",
  "scope.manage_about":
    "Ler a cobrança e abrir o portal do cliente e a página de pagamento.",
  "scope.charge": "Debitar uso",
  "scope.charge_about": "Descontar tokens pelo uso.",

  // Activity
  "activity.none": "Ainda não há atividade.",
  "activity.none_text":
    "Mudanças no seu plano, pagamentos e chaves de API aparecem aqui.",
  "activity.end": "Nenhuma atividade mais antiga.",
  "activity.newest": "Atividade mais recente",
  "activity.older": "Atividade mais antiga",
  "actor.operator": "Suporte",
  "actor.service_key": "Chave de serviço",
  "actor.api_key": "Chave de API {name}",
  "actor.revoked_key": "Uma chave de API já revogada",
  "activity.portal": "Portal de cobrança aberto",
  "activity.portal_card": "Portal de cobrança aberto para atualizar o cartão",
  "activity.portal_details":
    "Portal de cobrança aberto para atualizar os dados de cobrança",
  "activity.portal_plan": "Portal de cobrança aberto para mudar de plano",
  "activity.portal_cancel": "Portal de cobrança aberto para cancelar o plano",
  "activity.portal_pause": "Portal de cobrança aberto para pausar o plano",
  "activity.checkout_started": "Pagamento iniciado: {item}",
  "activity.checkout_completed": "Pagamento concluído: {item}",
  "activity.pack": "pacote de tokens {pack}",
  "activity.unknown_pack": "um pacote de tokens",
  "activity.custom_plan": "plano personalizado",
  "activity.removed": "A assinatura foi removida",
  "activity.started": "{plan} começou",
  "activity.trial": "O teste de {plan} começou",
  "activity.switched": "Mudança de {from} para {to}",
  "activity.scheduled": "{from} até {date}, depois {to}",
  "activity.unscheduled": "A mudança agendada de {plan} foi desfeita",
  "activity.ends": "{plan} terminará em {date}",
  "activity.kept": "{plan} voltará a ser renovado",
  "activity.active": "{plan} está ativo",
  "activity.trialing": "{plan} está em teste",
  "activity.past_due": "O pagamento de {plan} está atrasado",
  "activity.unpaid":
    "{plan} está suspenso: todas as tentativas de pagamento falharam",
  "activity.paused": "{plan} foi pausado",
  "activity.canceled": "{plan} terminou",
  "activity.incomplete": "{plan} aguarda o primeiro pagamento",
  "activity.incomplete_expired": "O primeiro pagamento de {plan} expirou",
  "activity.updated": "{plan} foi atualizado",
  "activity.payment_failed": "Um pagamento de {amount} falhou",
  "activity.card_removed": "A forma de pagamento padrão foi removida",
  "activity.card_changed": "A forma de pagamento padrão agora é {card}",
  "activity.key_created": "Chave de API {key} criada",
  "activity.key_changed": "Chave de API {key} alterada",
  "activity.key_renamed": "Chave de API {from} renomeada para {to}",
  "activity.key_rotated": "Chave de API {key} rotacionada",
  "activity.key_revoked": "Chave de API {key} revogada",
  "activity.adjusted": "Saldo ajustado em {tokens} tokens: {reason}",
  "activity.linked": "Organização conectada à Stripe",
  "activity.deleted": "Dados de cobrança da organização excluídos",

  // API reference
  "docs.title": "Referência da API",
  "docs.eyebrow": "Referência",
  "docs.lead":
    "Autentique-se com uma <keys>chave de API</keys> ou uma sessão. <openapi>Baixar OpenAPI 3.1</openapi>",
  "docs.noscript":
    "A referência precisa de JavaScript. Você pode abrir o documento OpenAPI em qualquer visualizador.",
};
