import { expect, it } from 'vitest'
import { locationTable } from './pasted'

it('puts rows without a warehouse into the one that is shown', () => {
  expect(locationTable('A-1\tA-01-2\nB 2\tB-07\tEAST\n\n', 'MAIN')).toBe('SKU,location,warehouse\nA-1,A-01-2,MAIN\nB 2,B-07,EAST')
})

it('keeps a header that was copied with the rows', () => {
  expect(locationTable('\u8d27\u53f7\t\u5e93\u4f4d\nA\tA-01', 'MAIN')).toBe('\u8d27\u53f7,\u5e93\u4f4d,warehouse\nA,A-01,MAIN')
  expect(locationTable('location,barcode,warehouse\nA-01,69A,EAST', 'MAIN')).toBe('location,barcode,warehouse\nA-01,69A,EAST')
})

it('reads commas and blanks too, and guards what a table would split', () => {
  expect(locationTable('A,A-01', 'M,1')).toBe('SKU,location,warehouse\nA,A-01,"M,1"')
  expect(locationTable('A  A-01', 'MAIN')).toBe('SKU,location,warehouse\nA,A-01,MAIN')
  expect(locationTable('A', 'MAIN')).toBe('SKU,location,warehouse\nA,,MAIN')
})
