//! A table as a spreadsheet. Every cell is a text: a number keeps its zeros and its sign, and nothing is a formula.

use crate::{
    report::{Row, header},
    text::escaped,
};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

/// A cell holds no more, in the units of UTF-16.
const LARGEST: usize = 32_767;
/// What stands at the end of one that would hold more.
const CUT: &str = " … (cut: a cell holds no more)";
const WIDTHS: [f64; 17] =
    [16.0, 10.0, 16.0, 24.0, 60.0, 18.0, 10.0, 28.0, 6.0, 40.0, 24.0, 40.0, 24.0, 40.0, 24.0, 40.0, 24.0];

/// The bytes of the file; the same rows give the same bytes.
pub fn xlsx(rows: &[Row]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // Otherwise it says when it was made.
    let never = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&never));
    let (text, bold) = (Format::new().set_num_format("@"), Format::new().set_bold());
    let sheet = book.add_worksheet();
    sheet.set_name("dialform")?;
    sheet.set_freeze_panes(1, 0)?;
    for ((title, width), column) in header().iter().zip(WIDTHS).zip(0..) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, *title, &bold)?;
    }
    for (row, at) in rows.iter().zip(1..) {
        for (cell, column) in row.cells().into_iter().zip(0..) {
            sheet.write_string_with_format(at, column, fitting(escaped(cell)), &text)?;
        }
    }
    book.save_to_buffer()
}

/// A text that fits into a cell, or says that it does not.
fn fitting(text: String) -> String {
    let length = |text: &str| text.chars().map(char::len_utf16).sum::<usize>();
    if length(&text) <= LARGEST {
        return text;
    }
    let mut room = LARGEST - length(CUT);
    let kept = text.chars().take_while(|c| {
        let fits = c.len_utf16() <= room;
        room = room.saturating_sub(c.len_utf16());
        fits
    });
    kept.chain(CUT.chars()).collect()
}
