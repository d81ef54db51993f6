import type { Messages } from "./en.ts";

/** Japanese, in the polite form. */
export const ja: Messages = {
  // Page frame
  "frame.title": "{page} · {organization}",
  "frame.skip": "本文へ移動",
  "frame.nav": "メイン",
  "frame.organization": "組織",
  "frame.pricing": "料金",
  "frame.sign_out": "ログアウト",
  "frame.footer": "お支払いはStripeが処理します。",
  "frame.support": "サポート",
  "frame.terms": "利用規約",
  "frame.privacy": "プライバシー",
  "frame.language": "言語",
  "frame.console": "サンドボックスコンソール",
  "frame.parts": "このページのセクション",

  // Mode bar
  "mode.sandbox": "サンドボックス",
  "mode.test": "テストモード",
  "mode.local_stripe": "ローカルのStripe（実際の請求はありません）",
  "mode.stripe_test": "Stripe（テストモード）",
  "mode.stripe_live": "Stripe（本番モード）",
  "mode.stripe_at": "接続先：{origin}",
  "mode.local_sign_in": "ローカルログイン",
  "mode.your_sign_in": "お使いのログイン",
  "mode.label": "モード",

  // Sign-in
  "sign_in.title": "ログイン",
  "sign_in.eyebrow": "ローカルログイン",
  "sign_in.heading": "テストユーザーを選択",
  "sign_in.lead":
    "アカウントが設定されていないため、任意のユーザーとしてログインできます。ユーザーごとに表示が異なります。",
  "sign_in.no_organization": "組織なし",
  "sign_in.no_organization_about": "未所属：新規ユーザーに表示される画面です。",
  "signed_out.eyebrow": "ログアウト中",
  "signed_out.heading": "続けるにはログインしてください",
  "signed_out.ended_heading": "セッションが終了しました",
  "signed_out.lead":
    "このページは組織のページです。ご自身の組織を表示するにはログインしてください。",
  "signed_out.ended_lead":
    "一定時間操作がないとセッションは終了します。ログインするとこのページに戻ります。",
  "signed_out.elsewhere":
    "お使いのアプリでログインしてから、このページに戻ってください。",
  "signed_out.action": "ログイン",
  "no_organization.eyebrow": "組織なし",
  "no_organization.title": "組織を選択",
  "no_organization.heading": "先に組織を選択してください",
  "no_organization.lead_sandbox":
    "プランと請求は組織ごとに管理されます。所属している組織を選択するか、別のテストユーザーとしてログインしてください。",
  "no_organization.lead":
    "プランと請求は組織ごとに管理されます。ログイン元で組織を選択するか、管理者に招待を依頼してから、このページに戻ってください。",
  "no_organization.choose": "組織を選択",

  // Actions on several pages
  "action.see_plans": "プランを見る",
  "action.choose_plan": "プランを選択",
  "action.back_to_plans": "プランに戻る",
  "action.to_organization": "組織のページへ",
  "action.try_again": "再試行",
  "action.refresh": "Stripeから更新",
  "action.buy_tokens": "トークンを購入",
  "action.update_card": "カードを更新",
  "action.add_card": "カードを追加",
  "action.pay_invoice": "未払いの請求書を支払う",
  "action.finish_payment": "支払いを完了",
  "action.resume": "{plan}を再開",

  // Error pages
  "error.eyebrow": "エラー{status}",
  "error.request_id": "リクエストID：{id}",
  "error.details": "詳細：{message}",
  "error.no_customer.heading": "請求情報はまだありません",
  "error.no_customer.text":
    "組織の支払い方法と請求書がまだありません。まずはプランを選択してください。",
  "error.deleted.heading": "この組織は削除されました",
  "error.deleted.text":
    "プラン、残高、キーは存在しません。続けるには、別の組織を選択してください。",
  "error.flow.heading": "この変更は利用できません",
  "error.flow.text":
    "ページを開いた後にプランが変更された可能性があります。組織のページで現在のプランを確認してください。",
  "error.no_organization.text":
    "請求は組織ごとに管理されますが、現在どの組織も選択されていません。",
  "error.other_organization.heading": "別の組織に切り替わっています",
  "error.other_organization.text":
    "送信したフォームは別の組織のものです。何も変更されていません。",
  "error.401.text": "ログインすると組織のページに戻ります。",
  "error.403.heading": "アクセス権がありません",
  "error.403.text": "組織の管理者にアクセス権を依頼してください。",
  "error.404.heading": "ページが見つかりません",
  "error.404.text":
    "アドレスが間違っているか、ページが移動した可能性があります。",
  "error.429.heading": "リクエストが多すぎます",
  "error.429.text":
    "リクエストが多すぎます。1分ほど待ってからもう一度お試しください。変更は行われていません。",
  "error.503.heading": "一時的に利用できません",
  "error.503.text":
    "このページに必要なサービスに接続できません。変更は行われていません。数秒後にもう一度お試しください。",
  "error.stripe.heading": "Stripeに接続できません",
  "error.stripe.text":
    "変更は行われていません。数秒後にもう一度お試しください。",
  "error.500.heading": "問題が発生しました",
  "error.500.text":
    "エラーを記録しました。しばらくしてからもう一度お試しください。解決しない場合は、このリクエストIDをお知らせください。",
  "error.400.heading": "無効なリンクです",
  "error.400.text": "アドレスの一部が間違っているか、古くなっています。",
  "error.400.action": "絞り込みなしで開く",
  "error.refused.heading": "リクエストを完了できませんでした",
  "error.refused.text": "前のページに戻り、もう一度お試しください。",

  // Results of actions
  "flash.plan_active": "{plan}が有効になりました。",
  "flash.paid": "お支払いを確認しました。ありがとうございます。",
  "flash.paid_invoice":
    "お支払いを確認しました。請求書は「請求を管理」でご確認いただけます。",
  "flash.trial": "トライアルは{date}までです。それまで請求は発生しません。",
  "flash.paid_pack":
    "お支払いを確認しました。ありがとうございます。トークンを残高に追加しました。請求書は下に表示されています。",
  "flash.processing_pack":
    "お支払いは処理中です。ありがとうございます。トークンは決済が完了すると追加されます（通常は数日以内）。",
  "flash.processing":
    "お支払いは処理中です。ありがとうございます。プランは決済が完了すると開始されます（通常は数日以内）。",
  "flash.payment_failed":
    "お支払いに失敗しました。請求は発生していません。別の支払い方法で試すには、プランを選択してください。",
  "flash.payment_failed_pack":
    "お支払いに失敗しました。請求は発生しておらず、トークンも追加されていません。",
  "flash.open":
    "お支払い手続きが完了していません。請求は発生していません。続けるには、もう一度プランを選択してください。",
  "flash.expired":
    "お支払い手続きの有効期限が切れました。請求は発生していません。やり直すには、プランを選択してください。",
  "flash.not_yours":
    "このお支払い手続きは別の組織のものです。この組織の請求情報は下に表示されています。",
  "flash.unavailable":
    "Stripeに接続できないため、お支払いを確認できません。お支払いは安全です。しばらくしてからページを再読み込みしてください。",
  "flash.checked": "最新の状態です。",
  "flash.too_soon": "更新したばかりです。10秒後にもう一度お試しください。",
  "flash.failed": "Stripeに接続できません。",
  "flash.outdated": "以下の情報は最新ではない可能性があります。",
  "flash.last_synced": "以下は{time}時点の情報です。",

  // Organization page
  "plans.tab": "プラン",
  "plans.activity_tab": "アクティビティ",
  "plans.details_tab": "詳細",
  "plans.all": "すべてのプラン",
  "plans.tokens": "{count, plural, other {月#トークン}}",
  "plans.calls": "{count, plural, other {毎分#回のAPI呼び出し}}",
  "plans.your_plan": "ご利用中のプラン",
  "plans.custom": "カスタムプラン",

  // Prices
  "rate.month": "月額{amount}",
  "rate.year": "年額{amount}",
  "plan_interval.month": "{plan}（月払い）",
  "plan_interval.year": "{plan}（年払い）",
  "interval.legend": "請求間隔",
  "interval.month": "月払い",
  "interval.year": "年払い",
  "interval.save_up_to": "最大{amount}お得",
  "price.zero_note": "カード登録は不要です",
  "price.unavailable": "価格を取得できません",
  "price.per_month": "<strong>{amount}</strong> / 月",
  "price.per_year": "<strong>{amount}</strong> / 年",
  "price.or_month": "または{amount} / 月",
  "price.or_year": "または{amount} / 年",
  "price.or_year_saving": "または{amount} / 年（{saving}お得）",
  "price.saving": "{saving}お得",
  "limits.tokens": "月間トークン数",
  "limits.calls": "毎分のAPI呼び出し数",
  "pricing.title": "料金",
  "pricing.start": "無料で始める",
  "pricing.contact":
    "カスタムプランをご希望の場合は<link>お問い合わせください</link>",
  "plans.recommended": "おすすめ",
  "pricing.heading": "3つのプラン、請求はひとつ",
  "pricing.lead":
    "カードなしで始められます。プランは組織全体に適用され、「請求を管理」からいつでも変更・解約できます。",

  // Plan cards: status and action
  "plan.choose": "{plan}を選択",
  "plan.try": "{days, plural, other {{plan}を#日間試す}}",
  "plan.starts_on": "{date}に開始",
  "plan.ends_on": "{date}に終了",
  "plan.from": "{date}から",
  "plan.until": "{date}まで",
  "plan.keep": "{plan}を継続",
  "plan.cancel": "{plan}を解約",
  "plan.cancel_custom": "プランを解約",
  "plan.switch": "{plan}に変更",
  "plan.switch_month": "月払いに変更",
  "plan.switch_year": "年払いに変更",
  "plan.starts_once_paid": "お支払い後に開始",
  "plan.retrying": "有効 – お支払いを再試行中",
  "plan.on_hold": "未払いの請求書が支払われるまで停止中",
  "plan.paused": "一時停止中です。請求は発生しません。",
  "plan.current": "現在のプラン",
  "plan.current_rate": "現在のプラン：{rate}",
  "plan.trial_then": "トライアル中、その後は{rate}",
  "plan.after_first_payment": "{plan}の初回のお支払い後に利用できます",
  "plan.after_payment": "お支払いの完了後に利用できます",
  "plan.after_resume": "{plan}の再開後に利用できます",
  "plan.change_scheduled": "プランの変更が予定されています",
  "plan.undo_change": "変更を取り消す",
  "plan.keep_to_switch": "プランを変更するには{plan}を継続してください",
  "plan.prices_unknown":
    "価格を読み込めません。しばらくしてからもう一度お試しください。",
  "plan.custom_change": "カスタムプラン – 変更についてはお問い合わせください",

  // Subscription status
  "status.charged_to": "支払い方法：{card}",
  "status.no_card": "支払い方法が未登録です",
  "status.incomplete": "{plan}は初回のお支払い後に開始します。",
  "status.incomplete_expired": "{plan}の初回のお支払いは完了しませんでした。",
  "status.paused": "一時停止中です。請求は発生しません。",
  "status.unpaid": "未払いの請求書が支払われるまで停止しています。",
  "status.ended": "{plan}は終了しました。",
  "status.ended_on": "{plan}は{date}に終了しました。",
  "status.ended_unpaid":
    "お支払いに失敗したため、{plan}は{date}に終了しました。",
  "status.ended_disputed":
    "お支払いに異議が申し立てられたため、{plan}は{date}に終了しました。",
  "status.ends_on": "{date}に終了します。以降の請求は発生しません。",
  "status.past_due": "前回のお支払いに失敗しました。",
  "status.change": "{plan}は{date}に開始します。",
  "status.change_rate": "{plan}は{date}に{rate}で開始します。",
  "status.trial": "トライアルは{date}までです。",
  "status.trial_then": "トライアルは{date}までです。その後は{rate}です。",
  "status.next_charge": "次回の請求日は{date}です。",
  "status.next_charge_amount": "次回の請求：{date}に{amount}。",
  "card.ending": "{brand}（末尾{last4}）",
  "invoice.due": "請求書{number}の{amount}が未払いです。",

  // Manage Billing
  "manage.button": "請求を管理",
  "manage.about":
    "支払い方法や請求先情報の更新、請求書のダウンロードができます。",
  "manage.forbidden":
    "請求を管理できるのは管理者のみです。組織の管理者にアクセス権を依頼してください。",
  "manage.none": "請求情報はまだありません。",
  "manage.none_text":
    "プランを選択すると、支払い方法の登録と請求書の確認ができます。",
  "manage.none_member":
    "管理者がプランを選択すると、支払い方法と請求書がここに表示されます。",
  "redirect.pending": "Stripeを開いています…",
  "redirect.timeout":
    "Stripeの応答に時間がかかっています。しばらくしてからもう一度お試しください。",
  "redirect.offline":
    "サーバーに接続できません。接続を確認して、もう一度お試しください。",
  "redirect.session_ended": "セッションが終了しました。",
  "redirect.sign_in": "もう一度ログイン",
  "redirect.forbidden":
    "請求を管理できるのは管理者のみです。管理者にアクセス権を依頼してください。",
  "redirect.outdated":
    "このページの情報は最新ではありません。再読み込みしてください。",
  "redirect.busy":
    "リクエストが多すぎます。{seconds}秒後にもう一度お試しください。",
  "redirect.failed":
    "Stripeを開けませんでした。しばらくしてからもう一度お試しください。",
  "redirect.no_billing": "請求情報はまだありません。",
  "redirect.plan_unavailable":
    "このプランは利用できません。ページを再読み込みして、現在のプランをご確認ください。",

  // Alerts
  "alert.ask_finish": "組織の管理者に手続きの完了を依頼してください。",
  "alert.ask_card": "組織の管理者にカードの更新を依頼してください。",
  "alert.ask_pay":
    "組織の管理者にカードの更新と未払いの請求書の支払いを依頼してください。",
  "alert.ask_resume": "組織の管理者に再開を依頼してください。",
  "alert.ask_add_card": "組織の管理者にカードの追加を依頼してください。",
  "alert.unfinished": "お支払いを完了してください",
  "alert.unfinished_amount": "{amount}のお支払いを完了してください",
  "alert.unfinished_text":
    "{plan}を開始するには、お支払いを完了してください。23時間以内に完了しない場合は期限切れとなり、請求は発生しません。",
  "alert.unfinished_by":
    "{plan}を開始するには、{time}までにお支払いを完了してください。それ以降は期限切れとなり、請求は発生しません。",
  "alert.failed": "前回のお支払いに失敗しました",
  "alert.failed_amount": "前回の{amount}のお支払いに失敗しました",
  "alert.retry": "請求書{number}の決済は{date}に再試行されます。",
  "alert.no_retry": "請求書{number}の決済は自動では再試行されません。",
  "alert.failed_text": "お支払いの再試行中も{plan}は有効です。",
  "alert.failed_step": "{plan}を継続するには、カードを更新してください。",
  "alert.given_up": "{plan}は停止中です：お支払いに失敗しました",
  "alert.given_up_text":
    "すべての再試行に失敗しました。データは安全に保管されています。",
  "alert.given_up_step":
    "カードを更新してから、未払いの請求書をお支払いください。",
  "alert.paused": "{plan}は一時停止中です",
  "alert.paused_no_card": "決済に使えるカードがありません。",
  "alert.paused_text": "再開するまで請求は発生しません。",
  "alert.paused_step": "「請求を管理」から再開できます。",
  "alert.paused_add_card":
    "「請求を管理」でカードを追加してから再開してください。",
  "alert.trial": "トライアルは{date}に終了します",
  "alert.trial_ends":
    "{plan}はトライアルとともに終了します。請求は発生しません。",
  "alert.trial_no_card":
    "トライアル後も{plan}を継続するには、カードを追加してください。",
  "alert.trial_continues":
    "その後{plan}は継続され、{card}に請求されます。請求を避けるには、それまでに解約してください。",
  "alert.trial_continues_rate":
    "その後{plan}は{rate}で継続され、{card}に請求されます。請求を避けるには、それまでに解約してください。",

  // Plan change
  "change.title": "{plan}に変更",
  "change.organization": "ご利用の組織",
  "change.continue": "続ける",
  "change.keep": "現在のプランを継続",
  "change.forbidden":
    "プランを変更できるのは管理者のみです。組織の管理者にアクセス権を依頼してください。",
  "change.trial_ends": "この変更によりトライアルは終了します。",
  "change.due": "本日のお支払いは{amount}、{date}以降は{rate}です。",
  "change.due_only":
    "本日のお支払いは{amount}です。サブスクリプションは予定どおり{date}に終了します。",
  "change.credit": "未使用期間分の{amount}は、今後の請求書に充当されます。",
  "change.due_today": "本日のお支払い",
  "change.estimate": "Stripeによる見積もりです。次のページで確定します。",
  "change.unknown":
    "本日の金額をStripeから取得できません。新しい料金は{rate}です。お支払い額は確定前に表示されます。",
  "change.later":
    "{plan}は{date}に{rate}で開始します。本日のお支払いはありません。",
  "change.later_note":
    "{plan}はそれまで支払い済みで、引き続き有効です。次のページで確定します。",
  "change.same": "すでにご利用中のプランです。",
  "change.impossible":
    "現在、このプランには変更できません。プランのページで選択肢をご確認ください。",
  "keep.heading": "{plan}を継続しますか？",
  "keep.change":
    "{date}の{next}への変更を取り消します。{plan}はこれまでどおり更新されます。",
  "keep.end": "{plan}は{date}に終了せず、これまでどおり更新されます。",
  "keep.back": "戻る",
  "checkout.eyebrow": "お支払い",
  "checkout.continue": "お支払いに進む",
  "checkout.lead":
    "{host}でお支払いいただきます。自動で開かない場合は、ボタンを押してください。",

  // Changes on Stripe's pages
  "changes.none": "プランに変更はありません。",
  "changes.started": "{plan}が有効になりました。",
  "changes.plan": "{plan}に変更しました。",
  "changes.plan_paid": "{plan}に変更しました：{amount}をお支払い済みです。",
  "changes.monthly": "月払いに変更しました。",
  "changes.monthly_paid": "月払いに変更しました：{amount}をお支払い済みです。",
  "changes.yearly": "年払いに変更しました。",
  "changes.yearly_paid": "年払いに変更しました：{amount}をお支払い済みです。",
  "changes.scheduled": "{date}まで{plan}、その後は{next}です。",
  "changes.scheduled_monthly": "{plan}は{date}まで年払い、その後は月払いです。",
  "changes.scheduled_yearly": "{plan}は{date}まで月払い、その後は年払いです。",
  "changes.undone": "プランの変更を取り消しました。{plan}を継続します。",
  "changes.ends": "{plan}は{date}に終了します。",
  "changes.ended": "{plan}は終了しました。",
  "changes.resumed": "{plan}を再開しました。",
  "changes.paused": "{plan}を一時停止しました。",
  "changes.paid": "お支払いを受領しました。{plan}は有効です。",
  "changes.paid_amount": "{amount}のお支払いを受領しました。{plan}は有効です。",
  "changes.card": "カードを{card}に更新しました。",

  // Organization details
  "details.billing_heading": "請求先情報",
  "details.billing_email": "請求先メールアドレス",
  "details.address": "住所",
  "details.tax_ids": "税務番号",
  "details.payment_method": "支払い方法",
  "details.not_set": "未設定",
  "details.edit": "編集",
  "details.edit_of": "編集：{detail}",
  "details.about":
    "この情報は請求書に記載されます。変更はStripeのページで行います。",
  "details.unavailable": "請求先情報は安全に保管されています。",
  "details.expires": "有効期限：{date}",
  "details.expired": "有効期限切れ：{date}",
  "details.verified": "確認済み",
  "details.pending": "確認中",
  "details.unverified": "未確認",
  "details.organization": "組織",
  "details.unnamed": "名前を取得できません",
  "details.id": "ID",
  "details.role": "あなたのロール",
  "details.no_role": "なし",
  "details.access": "請求へのアクセス",
  "details.all_members": "すべてのメンバー",
  "details.access_yes": "{roles} – アクセスできます",
  "details.access_no": "{roles} – アクセスできません",
  "details.you": "あなた",
  "details.your_organization": "ご利用の組織",
  "details.name": "名前",
  "details.email": "メールアドレス",
  "role.admin": "管理者",
  "role.member": "メンバー",

  // Account page
  "account.title": "アカウント",
  "account.wallet": "残高",
  "account.usage": "使用状況",
  "account.usage_heading": "過去30日間の使用状況",
  "account.ledger": "取引履歴",
  "account.invoices": "請求書",
  "account.plan": "プラン",
  "account.plan_heading": "プランと請求",
  "account.api_keys": "APIキー",
  "account.all_plans": "すべてのプランを見る",
  "account.download_csv": "CSVをダウンロード",
  "wallet.total": "トークン残高",
  "wallet.empty": "残高がありません。",
  "wallet.empty_text":
    "トークンを追加するまで、トークンを消費するリクエストは拒否されます。",
  "wallet.low": "残高が少なくなっています。",
  "wallet.low_text": "残高を超えるリクエストは拒否されます。",
  "wallet.granted": "プランに含まれる分",
  "wallet.of": "/ {count}",
  "wallet.meter": "{total}のうち{granted}",
  "wallet.purchased": "購入分",
  "wallet.purchased_text":
    "プランに含まれる分の後に使用されます。有効期限はありません。",
  "wallet.next_with_payment": "プランの次回のお支払い時に更新されます。",
  "wallet.resets": "{date}に{count}に更新されます。",
  "wallet.no_rollover": "未使用分は繰り越されません。",
  "usage.none": "過去30日間の使用はありません。",
  "usage.none_text":
    "<link>APIキーを作成</link>して始めましょう。使用状況が日ごとにここに表示されます。",
  "usage.none_member": "使用状況が日ごとにここに表示されます。",
  "usage.total": "{count, plural, other {#トークン}}",
  "usage.summary":
    "{days, plural, other {#日間で{total}。最多は{date}の{most}です。}}",
  "usage.chart": "過去30日間の1日あたりの使用トークン数",
  "usage.chart_about": "1日あたり0から{most}。すべての値は下の表にあります。",
  "usage.day": "{date}：{count}",
  "usage.today": "今日",
  "usage.table": "表で見る",
  "usage.table_caption": "1日あたりの使用トークン数（UTC）",
  "usage.table_day": "日付（UTC）",
  "usage.table_tokens": "トークン",
  "packs.tokens": "{count, plural, other {<strong>#</strong>トークン}}",
  "packs.once": "{amount}（1回払い）",
  "packs.buy": "{pack}を購入",
  "packs.forbidden":
    "トークンを購入できるのは管理者のみです。組織の管理者にアクセス権を依頼してください。",
  "pending.thanks": "ありがとうございます。",
  "pending.processing": "{pack}：{date}からお支払いを処理中です。",
  "pending.processing_text":
    "{count, plural, other {決済が完了すると#トークンが追加されます（通常は数日以内）。}}",
  "pending.failed": "{pack}：{date}にお支払いが失敗しました。",
  "pending.failed_text": "請求は発生しておらず、トークンも追加されていません。",
  "pending.buy_again": "別の支払い方法でもう一度お試しいただけます。",
  "pending.ask_buy": "組織の管理者に再度の購入を依頼してください。",
  "pending.watching": "決済が完了すると、このページが更新されます。",
  "pending.not_watching": "お支払いの状況は、このページに戻ると確認できます。",

  // Transactions
  "ledger.filter": "種類で絞り込む",
  "ledger.all": "すべて",
  "ledger.grants": "付与",
  "ledger.purchases": "購入",
  "ledger.charges": "使用",
  "ledger.refunds": "返金",
  "ledger.expired": "失効",
  "ledger.adjustments": "調整",
  "ledger.from": "開始日",
  "ledger.to": "終了日",
  "ledger.apply_dates": "期間を適用",
  "ledger.kind.grant": "付与",
  "ledger.kind.purchase": "購入",
  "ledger.kind.charge": "使用",
  "ledger.kind.refund": "返金",
  "ledger.kind.expiry": "失効",
  "ledger.kind.adjustment": "調整",
  "ledger.invoice": "請求書",
  "ledger.invoice_of": "{description}の請求書",
  "ledger.unit": "トークン",
  "ledger.balance": "残高：{count}",
  "ledger.none": "取引はまだありません。",
  "ledger.none_text": "付与、購入、使用がここに表示されます。",
  "ledger.none_of_kind": "この種類の取引はありません。",
  "ledger.none_match": "条件に一致する取引はありません。",
  "ledger.searched":
    "最新の1,000件に該当する取引はありません。さらに古い取引が該当する可能性があります。",
  "ledger.searched_more":
    "次の1,000件に該当する取引はありません。さらに古い取引が該当する可能性があります。",
  "ledger.no_older": "これより古い取引はありません。",
  "ledger.show_all": "すべての取引を表示",
  "ledger.newest": "最新の取引",
  "ledger.older": "過去の取引",
  "entry.monthly": "{plan}プラン – 月次トークン",
  "entry.prorated": "{plan}プラン – 日割りトークン",
  "entry.expired": "未使用トークンの失効",
  "entry.pack": "トークンパック（{pack}）",
  "entry.refund": "トークンパックの返金",
  "entry.dispute": "トークンパックの支払いに対する不審請求の申請",
  "entry.refund_reversed": "返金の取り消し",
  "entry.dispute_reversed": "不審請求の申請の取り消し",

  // Invoices
  "next_invoice.heading": "次回の請求書",
  "next_invoice.due": "変更がなければ、{date}に{amount}です。",
  "next_invoice.total": "請求額",
  "invoices.unavailable": "Stripeに接続できません。",
  "invoices.unavailable_text": "請求書は安全に保管されています。",
  "invoices.no_older": "これより古い請求書はありません。",
  "invoices.none": "請求書はまだありません。",
  "invoices.none_text": "最初の請求書は次回のお支払い後に表示されます。",
  "invoices.none_customer":
    "<plans>プランを選択</plans>するか、<credits>トークンを購入</credits>してください。",
  "invoices.newest": "最新の請求書",
  "invoices.older": "過去の請求書",
  "invoices.view": "表示",
  "invoices.pdf": "PDF",
  "invoices.view_of": "請求書{number}を表示",
  "invoices.pdf_of": "請求書{number}のPDF",
  "invoices.open": "未払い",
  "invoices.paid": "支払い済み",
  "invoices.uncollectible": "回収不能",
  "invoices.void": "無効",
  "invoices.amounts_only": "請求書を開けるのは管理者のみです。",

  // API keys
  "keys.lead":
    "APIキーを使うと、アプリから{organization}にアクセスできます。<link>APIリファレンス</link>",
  "keys.forbidden":
    "APIキーを表示・作成できるのは管理者のみです。組織の管理者にアクセス権を依頼してください。",
  "keys.list": "キー",
  "keys.new": "新しいキー",
  "keys.jump": "キーを作成",
  "keys.none": "APIキーはまだありません。",
  "keys.none_text":
    "キーは一度だけ表示されます。安全な場所に保管してください。",
  "keys.permissions": "権限",
  "keys.created": "作成日：{date}",
  "keys.never_used": "未使用",
  "keys.last_used": "最終使用：{time}",
  "keys.revoke": "失効",
  "keys.cancel": "キャンセル",
  "keys.revoke_text":
    "<strong>{name}</strong>（<code>{prefix}</code>）を使ったリクエストは直ちに拒否されます。この操作は取り消せません。",
  "keys.revoke_confirm": "キーを失効させる",
  "keys.revoked": "APIキーを失効させました。",
  "keys.your_new": "新しいAPIキー",
  "keys.copy_now":
    "このキーを今すぐコピーしてください。再び表示することはできません。",
  "keys.replaced":
    "フォームが2回送信されました。有効なのはこのキーのみです。先にコピーしたキーは破棄してください。",
  "keys.label": "APIキー",
  "keys.copy": "コピー",
  "keys.copied": "コピーしました。",
  "keys.copy_by_hand": "選択しました。キーボードでコピーしてください。",
  "keys.duplicate_revoked":
    "このフォームのキーはすでに作成され、その後失効しています。2つ目のキーは作成されていません。",
  "keys.duplicate":
    "<strong>{name}はすでに作成されています。</strong>2つ目のキーは作成されておらず、最初のキーを再び表示することはできません。コピーしていない場合は、失効させてから新しく作成してください。",
  "keys.full":
    "キーの数が上限の{max}個に達しています。使用していないキーを失効させてください。",
  "keys.name": "名前",
  "keys.name_about": "このキーを使用するアプリの名前です。",
  "keys.name_example": "ビルドサーバー",
  "keys.create": "キーを作成",
  "keys.name_missing": "名前を入力してください。",
  "keys.name_invalid": "1行80文字以内で入力してください。",
  "keys.scopes_missing": "権限を1つ以上選択してください。",
  "keys.expired_on": "有効期限切れ：{date}",
  "keys.expires_on": "有効期限：{date}",
  "keys.rotated_until": "ローテーション済み、{time}まで有効",
  "keys.edit": "編集",
  "keys.save": "変更を保存",
  "keys.rotate": "ローテーション",
  "keys.rotate_about":
    "同じ名前と権限で新しいキーを作成します。このキーは24時間有効なため、停止せずに置き換えられます。",
  "keys.rotate_confirm": "キーをローテーション",
  "keys.changed": "{name}を更新しました。",
  "keys.changed_revoked": "キーは更新された後、失効しました。",
  "keys.already_rotated":
    "このキーはすでにローテーション済みです。後継のキーをローテーションしてください。",
  "keys.rotate_expired":
    "このキーは有効期限が切れています。新しいキーを作成してください。",
  "keys.rotate_full":
    "ローテーション済みで有効なキーが多すぎます。先に1つ失効させてください。",
  "keys.try_it": "お試しください。{prefix}…をコピーしたキーに置き換えます：",
  "keys.former":
    "以前のキーは{time}まで有効です。それまでにすべて置き換えてください。",
  "keys.expiry": "有効期限",
  "keys.expiry_never": "なし",
  "keys.expiry_days": "{days, plural, other {#日}}",
  "keys.expiry_about": "有効期限切れのキーによるリクエストは拒否されます。",
  "keys.expiry_invalid": "有効期限を一覧から選択してください。",
  "scope.read": "請求情報の読み取り",
  "scope.read_about": "残高、取引履歴、請求書。",
  "scope.manage": "請求の管理",
  "scope.manage_about":
    "請求情報の読み取り、カスタマーポータルとお支払い画面の表示。",
  "scope.charge": "使用量の記録",
  "scope.charge_about": "使用量に応じてトークンを差し引きます。",

  // Activity
  "activity.none": "アクティビティはまだありません。",
  "activity.none_text": "プラン、お支払い、APIキーの変更がここに表示されます。",
  "activity.end": "これより古いアクティビティはありません。",
  "activity.newest": "最新のアクティビティ",
  "activity.older": "以前のアクティビティ",
  "actor.operator": "サポート",
  "actor.service_key": "サービスキー",
  "actor.api_key": "APIキー「{name}」",
  "actor.revoked_key": "失効済みのAPIキー",
  "activity.portal": "請求ポータルを開きました",
  "activity.portal_card": "カードを更新するために請求ポータルを開きました",
  "activity.portal_details":
    "請求先情報を更新するために請求ポータルを開きました",
  "activity.portal_plan": "プランを変更するために請求ポータルを開きました",
  "activity.portal_cancel": "プランを解約するために請求ポータルを開きました",
  "activity.portal_pause": "プランを一時停止するために請求ポータルを開きました",
  "activity.checkout_started": "{item}の購入手続きを開始しました",
  "activity.checkout_completed": "{item}の購入手続きを完了しました",
  "activity.pack": "{pack}トークンパック",
  "activity.unknown_pack": "トークンパック",
  "activity.custom_plan": "カスタムプラン",
  "activity.removed": "サブスクリプションが削除されました",
  "activity.started": "{plan}が開始されました",
  "activity.trial": "{plan}のトライアルが開始されました",
  "activity.switched": "{from}から{to}に変更されました",
  "activity.scheduled": "{date}まで{from}、その後は{to}",
  "activity.unscheduled": "{plan}の予定されていた変更が取り消されました",
  "activity.ends": "{plan}は{date}に終了します",
  "activity.kept": "{plan}は再び更新されます",
  "activity.active": "{plan}は有効です",
  "activity.trialing": "{plan}はトライアル中です",
  "activity.past_due": "{plan}のお支払いが遅れています",
  "activity.unpaid": "{plan}は停止中です：お支払いの再試行がすべて失敗しました",
  "activity.paused": "{plan}が一時停止されました",
  "activity.canceled": "{plan}が終了しました",
  "activity.incomplete": "{plan}は最初のお支払いを待っています",
  "activity.incomplete_expired": "{plan}の最初のお支払いが期限切れになりました",
  "activity.updated": "{plan}が更新されました",
  "activity.payment_failed": "{amount}のお支払いに失敗しました",
  "activity.card_removed": "既定の支払い方法が削除されました",
  "activity.card_changed": "既定の支払い方法が{card}になりました",
  "activity.key_created": "APIキー「{key}」を作成しました",
  "activity.key_changed": "APIキー「{key}」を変更しました",
  "activity.key_renamed": "APIキー「{from}」の名前を「{to}」に変更しました",
  "activity.key_rotated": "APIキー「{key}」をローテーションしました",
  "activity.key_revoked": "APIキー「{key}」を失効させました",
  "activity.adjusted": "残高を{tokens}トークン調整しました：{reason}",
  "activity.linked": "組織をStripeに接続しました",
  "activity.deleted": "組織の請求データを削除しました",

  // API reference
  "docs.title": "APIリファレンス",
  "docs.eyebrow": "リファレンス",
  "docs.lead":
    "<keys>APIキー</keys>またはセッションで認証します。<openapi>OpenAPI 3.1をダウンロード</openapi>",
  "docs.noscript":
    "リファレンスの表示にはJavaScriptが必要です。OpenAPIドキュメントは任意のビューアーで開けます。",
};
