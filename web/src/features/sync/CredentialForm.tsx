import { Button, Input, InputNumber } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import type { Access, Channel, Shop } from '@/lib/api/contract'
import { defined } from '@/lib/defined'
import { helpOf, nameOf } from '@/lib/lookups'
import { Field } from '@/ui/Field'
import { ErrorBox } from '@/ui/States'
import { useToast } from '@/ui/Toast'
import { changedCredentials, missing, parseRetries, tuningBody, tuningDraft } from './connect'
import css from './sync.module.css'

interface CredentialFormProps {
  shop: Shop
  offer: NonNullable<Channel['api']>
  access: Access | null
  /** The channel's name. */
  channel: string
}

/** The form of a channel's credentials, as its connector declares them. Secrets go in and never come back. */
export function CredentialForm({ shop, offer, access, channel }: CredentialFormProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const [typed, setTyped] = useState<Record<string, string>>(() => Object.fromEntries(access?.shown.map((s) => [s.name, s.value]) ?? []))
  const [baseUrl, setBaseUrl] = useState(access?.base_url ?? '')
  const [tuning, setTuning] = useState(() => tuningDraft(access))
  const [tuned, setTuned] = useState(false)
  const save = useAction({
    run: (body: object, key) => api.put('/shops/{id}/access', body, { path: { id: shop.id }, key }),
    invalidates: [['sync'], ['shops']],
    onSuccess: (out) => toast.ok(out.needs_person && out.state === 'unauthorised' ? t('sync.saved_authorise') : t('sync.saved')),
  })
  const lacks = missing(offer, access, typed)
  const needsUrl = offer.custom_url && !offer.base_url && !baseUrl.trim()
  const retriesBad = parseRetries(tuning.retry) === null
  const credentials = changedCredentials(access, typed)
  const changedUrl = offer.custom_url && baseUrl.trim() !== (access?.base_url ?? '')
  const dirty = !access || Object.keys(credentials).length > 0 || changedUrl || tuned
  const tune = (patch: Partial<typeof tuning>) => {
    setTuning({ ...tuning, ...patch })
    setTuned(true)
  }
  const submit = () =>
    save.mutate(
      defined({
        version: access?.version,
        base_url: changedUrl ? baseUrl.trim() : undefined,
        credentials: Object.keys(credentials).length > 0 ? credentials : undefined,
        tuning: tuned ? tuningBody(tuning) : undefined,
      }),
    )
  return (
    <form
      className={css.form}
      autoComplete="off"
      onSubmit={(e) => {
        e.preventDefault()
        if (lacks.length === 0 && !needsUrl && !retriesBad && dirty && !save.isPending) submit()
      }}
    >
      {access ? null : <p className={css.muted}>{t('sync.connect_what', { channel })}</p>}
      {offer.custom_url ? (
        <Field label={t('sync.base_url')} hint={offer.base_url ? t('sync.base_url_default', { url: offer.base_url }) : t('sync.base_url_hint')}>
          <Input type="url" maxLength={500} placeholder={offer.base_url || 'https://'} aria-label={t('sync.base_url')} value={baseUrl} onChange={(e) => setBaseUrl(e.target.value)} />
        </Field>
      ) : null}
      {offer.credentials.map((c) => {
        const given = access?.given.includes(c.name) ?? false
        const label = c.optional ? t('sync.optional', { name: nameOf(c) }) : nameOf(c)
        const set = (value: string) => setTyped({ ...typed, [c.name]: value })
        return (
          <Field key={c.name} label={label} hint={helpOf(c)}>
            {c.secret ? (
              <Input.Password autoComplete="new-password" aria-label={label} placeholder={given ? t('sync.given') : undefined} value={typed[c.name] ?? ''} onChange={(e) => set(e.target.value)} />
            ) : (
              <Input autoComplete="off" aria-label={label} placeholder={given && typed[c.name] === undefined ? t('sync.given') : undefined} value={typed[c.name] ?? ''} onChange={(e) => set(e.target.value)} />
            )}
          </Field>
        )
      })}
      <details>
        <summary>{t('sync.advanced')}</summary>
        <div>
          {(
            [
              ['poll', 'seconds_unit', 1, 3600],
              ['lag', 'seconds_unit', 0, 600],
              ['overlap', 'seconds_unit', 0, 3600],
              ['reconcile', 'minutes_unit', 1, 1440],
            ] as const
          ).map(([key, unit, min, max]) => (
            <Field key={key} label={`${t(`sync.tune.${key}`)} (${t(`sync.${unit}`)})`} hint={t(`sync.tune_hint.${key}`)}>
              <InputNumber min={min} max={max} aria-label={t(`sync.tune.${key}`)} placeholder={t('sync.default')} value={tuning[key]} onChange={(n) => tune({ [key]: n })} style={{ width: '100%' }} />
            </Field>
          ))}
          <Field label={`${t('sync.tune.retry')} (${t('sync.seconds_unit')})`} hint={retriesBad ? t('sync.retry_bad') : t('sync.tune_hint.retry')}>
            <Input status={retriesBad ? 'error' : undefined} aria-label={t('sync.tune.retry')} placeholder={t('sync.default')} value={tuning.retry} onChange={(e) => tune({ retry: e.target.value })} />
          </Field>
          <Field label={t('sync.tune.start')} hint={t('sync.tune_hint.start')}>
            <Input type="date" aria-label={t('sync.tune.start')} value={tuning.start} onChange={(e) => tune({ start: e.target.value })} />
          </Field>
        </div>
      </details>
      {save.error ? <ErrorBox error={save.error} /> : null}
      <div className={css.row}>
        <Button type="primary" htmlType="submit" disabled={lacks.length > 0 || needsUrl || retriesBad || !dirty} loading={save.isPending}>
          {access ? t('common.save') : t('sync.connect')}
        </Button>
        {access ? null : <span className={css.muted}>{t('sync.connect_effect')}</span>}
      </div>
    </form>
  )
}
