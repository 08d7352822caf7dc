import { DeleteOutlined, DownOutlined, UpOutlined } from '@ant-design/icons'
import { Button, Input, InputNumber, Select } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAction } from '@/lib/action'
import { api } from '@/lib/api/client'
import { fetchPdf } from '@/lib/pdf'
import { Field } from '@/ui/Field'
import { Page, Panel } from '@/ui/Page'
import { ScrollBox } from '@/ui/ScrollBox'
import { ErrorBox } from '@/ui/States'
import { Tag } from '@/ui/Tag'
import { useToast } from '@/ui/Toast'
import css from './labels.module.css'
import { Sketch } from './Sketch'
import { ALIGNS, FIELDS, filled, fresh, KINDS, moved, onto, sizeKey, SIZES, type Body, type Element } from './template'

interface TemplateEditorProps {
  id?: string
  version?: number
  first: Body
  onClose: () => void
}

/** How long a pause in typing is, before the server draws it. */
const PAUSE_MS = 500

/** Edits a template by its numbers, beside a sketch to scale; the server draws every change and names what is wrong. */
export function TemplateEditor({ id, version, first, onClose }: TemplateEditorProps) {
  const { t } = useTranslation()
  const toast = useToast()
  const [body, setBody] = useState(first)
  const [at, setAt] = useState(0)
  const drawn = usePreview(body)
  const save = useAction({
    run: (input: { id?: string; version?: number; body: Body }, key) => api.post('/print/templates', input, { key }),
    invalidates: [['print', 'templates']],
    onSuccess: () => {
      toast.ok(t('labels.saved', { name: body.name }))
      onClose()
    },
  })
  const element = body.elements[at]
  const put = (elements: Element[]) => setBody({ ...body, elements })
  const change = (next: Partial<Element>) => put(body.elements.map((e, i) => (i === at ? { ...e, ...next } : e)))
  const size = SIZES.find((s) => sizeKey(s) === sizeKey(body.size))
  return (
    <Page
      title={id ? t('labels.edit_title') : t('labels.new_title')}
      hint={t('labels.edit_hint')}
      actions={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" disabled={body.name.trim() === '' || body.elements.length === 0 || Boolean(drawn.error)} loading={save.isPending} onClick={() => save.mutate({ id, version, body: { ...body, name: body.name.trim() } })}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      {save.error ? <ErrorBox error={save.error} /> : null}
      <div className={css.editor}>
        <Panel title={t('labels.elements')}>
          <div className={css.top}>
            <Field label={t('labels.name')}>
              <Input aria-label={t('labels.name')} maxLength={40} value={body.name} onChange={(e) => setBody({ ...body, name: e.target.value })} />
            </Field>
            <Field label={t('labels.size')}>
              <Select aria-label={t('labels.size')} value={size ? sizeKey(size) : undefined} options={SIZES.map((s) => ({ value: sizeKey(s), label: `${sizeKey(s)} mm` }))} onChange={(key: string) => setBody(onto(body, SIZES.find((s) => sizeKey(s) === key) ?? body.size))} />
            </Field>
          </div>
          <ElementList
            elements={body.elements}
            at={at}
            onPick={setAt}
            onAdd={(kind) => {
              put([...body.elements, fresh(kind)])
              setAt(body.elements.length)
            }}
            onMove={(i, step) => {
              put(moved(body.elements, i, step))
              setAt(Math.min(Math.max(i + step, 0), body.elements.length - 1))
            }}
            onRemove={(i) => {
              put(body.elements.filter((_, j) => j !== i))
              setAt(Math.max(0, i - 1))
            }}
          />
        </Panel>
        <Panel title={element ? t(`labels.kind.${element.kind}`) : t('labels.element')}>{element ? <ElementForm element={element} onChange={change} /> : <p className={css.muted}>{t('labels.pick_first')}</p>}</Panel>
        <Panel
          title={t('labels.preview')}
          note={sizeKey(body.size)}
          actions={
            drawn.url ? (
              <a href={drawn.url} target="_blank" rel="noreferrer">
                {t('labels.open_pdf')}
              </a>
            ) : null
          }
        >
          <div role="status" className={css.verdict}>
            {drawn.pending ? <span className={css.muted}>{t('labels.drawing')}</span> : drawn.error ? <ErrorBox error={drawn.error} /> : <Tag tone="green">{t('labels.good')}</Tag>}
          </div>
          <Sketch body={body} at={at} onPick={setAt} />
        </Panel>
      </div>
    </Page>
  )
}

/** What the server draws of a template once the typing pauses: a link to the PDF, or what is wrong with it. */
function usePreview(body: Body): { url: string | null; error: unknown; pending: boolean } {
  const [state, setState] = useState<{ of: Body | null; url: string | null; error: unknown }>({ of: null, url: null, error: null })
  const last = useRef<string | null>(null)
  useEffect(() => {
    const stop = new AbortController()
    const timer = setTimeout(() => {
      fetchPdf('/print/templates/preview', body, stop.signal).then(
        (pdf) => {
          if (stop.signal.aborted) return
          if (last.current) URL.revokeObjectURL(last.current)
          last.current = URL.createObjectURL(pdf)
          setState({ of: body, url: last.current, error: null })
        },
        (error: unknown) => {
          if (!stop.signal.aborted) setState({ of: body, url: null, error })
        },
      )
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [body])
  useEffect(
    () => () => {
      if (last.current) URL.revokeObjectURL(last.current)
    },
    [],
  )
  return { ...state, pending: state.of !== body }
}

/** The chosen element is in sight as soon as it is chosen. */
function intoView(node: HTMLLIElement | null): void {
  node?.scrollIntoView({ block: 'nearest' })
}

interface ElementListProps {
  elements: Element[]
  at: number
  onPick: (at: number) => void
  onAdd: (kind: Element['kind']) => void
  onMove: (at: number, step: -1 | 1) => void
  onRemove: (at: number) => void
}

function ElementList({ elements, at, onPick, onAdd, onMove, onRemove }: ElementListProps) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<Element['kind']>('text')
  return (
    <>
      <ScrollBox label={t('labels.elements')} className={css.elements}>
        <ol>
          {elements.map((e, i) => (
            <li key={`${i} ${e.kind}`} ref={i === at ? intoView : undefined} className={i === at ? css.at : undefined}>
              <button type="button" className={css.pick} aria-pressed={i === at} onClick={() => onPick(i)}>
                <span className={css.muted}>{i + 1}</span> {t(`labels.kind.${e.kind}`)} <span className={css.muted}>{filled(e.text ?? '', (name) => t(`labels.field.${name}`))}</span>
              </button>
              {i === at ? (
                <span className={css.moves}>
                  <Button size="small" aria-label={t('labels.up')} icon={<UpOutlined />} disabled={i === 0} onClick={() => onMove(i, -1)} />
                  <Button size="small" aria-label={t('labels.down')} icon={<DownOutlined />} disabled={i === elements.length - 1} onClick={() => onMove(i, 1)} />
                  <Button size="small" danger aria-label={t('labels.remove', { n: i + 1 })} icon={<DeleteOutlined />} onClick={() => onRemove(i)} />
                </span>
              ) : null}
            </li>
          ))}
        </ol>
      </ScrollBox>
      <div className={css.add}>
        <Select aria-label={t('labels.kind_title')} value={kind} options={KINDS.map((k) => ({ value: k, label: t(`labels.kind.${k}`) }))} onChange={(k: Element['kind']) => setKind(k)} />
        <Button onClick={() => onAdd(kind)}>{t('labels.add')}</Button>
      </div>
    </>
  )
}

function ElementForm({ element: e, onChange }: { element: Element; onChange: (next: Partial<Element>) => void }) {
  const { t } = useTranslation()
  const letters = e.kind === 'text' || e.kind === 'items'
  const number = (name: 'x_mm' | 'y_mm' | 'width_mm' | 'height_mm' | 'size_pt' | 'least_pt', step: number) => (
    <Field label={t(`labels.number.${name}`)}>
      <InputNumber aria-label={t(`labels.number.${name}`)} min={0} max={200} step={step} value={e[name] ?? 0} onChange={(n) => onChange({ [name]: n ?? 0 })} />
    </Field>
  )
  const check = (name: 'bold' | 'middle' | 'whole' | 'caption' | 'inverse') => (
    <label className={css.check}>
      <input type="checkbox" checked={Boolean(e[name])} onChange={(event) => onChange({ [name]: event.target.checked || undefined })} /> {t(`labels.flag.${name}`)}
    </label>
  )
  const fields = FIELDS.map((name) => ({ value: name, label: t(`labels.field.${name}`) }))
  return (
    <div className={css.form}>
      <div className={css.numbers}>
        {number('x_mm', 0.5)}
        {number('y_mm', 0.5)}
        {number('width_mm', 0.5)}
        {number('height_mm', 0.5)}
        {letters ? number('size_pt', 0.5) : null}
        {letters ? number('least_pt', 0.5) : null}
      </div>
      {e.kind === 'text' || e.kind === 'code128' || e.kind === 'qr' ? (
        <>
          <Field label={t('labels.text')} hint={t('labels.text_hint')}>
            <Input.TextArea aria-label={t('labels.text')} maxLength={500} autoSize={{ minRows: 2, maxRows: 5 }} value={e.text ?? ''} onChange={(event) => onChange({ text: event.target.value })} />
          </Field>
          <Select aria-label={t('labels.insert')} placeholder={t('labels.insert')} value={null} showSearch={{ optionFilterProp: 'label' }} options={fields} onChange={(name: string | null) => name && onChange({ text: `${e.text ?? ''}{${name}}` })} />
        </>
      ) : null}
      {letters ? (
        <Field label={t('labels.align')}>
          <Select aria-label={t('labels.align')} value={e.align || 'left'} options={ALIGNS.map((a) => ({ value: a, label: t(`labels.aligned.${a}`) }))} onChange={(align: (typeof ALIGNS)[number]) => onChange({ align })} />
        </Field>
      ) : null}
      <div className={css.checks}>
        {letters ? check('bold') : null}
        {e.kind === 'text' ? check('middle') : null}
        {e.kind === 'text' ? check('whole') : null}
        {e.kind === 'text' ? check('inverse') : null}
        {e.kind === 'code128' ? check('caption') : null}
      </div>
      <Field label={t('labels.when')} hint={t('labels.when_hint')}>
        <Select allowClear aria-label={t('labels.when')} value={e.when || undefined} showSearch={{ optionFilterProp: 'label' }} options={fields} onChange={(when?: string) => onChange({ when })} />
      </Field>
    </div>
  )
}
