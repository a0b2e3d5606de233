//! Text that has to fit: what matters most is cut last, and always between two items.

/// A part of a page: a head, items, and what ends it.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// The greater, the sooner it is cut.
    pub rank: u8,
    pub head: String,
    pub items: Vec<String>,
    pub foot: String,
}

impl Block {
    fn size(&self) -> usize {
        self.head.len() + self.foot.len() + self.items.iter().map(String::len).sum::<usize>()
    }
}

/// Room for the line that says how much of a block is left out.
const CUT_LINE: usize = 40;

/// The blocks in their order, in so many bytes, and how many items are left out of them. `more` says how many are left out
/// of one block.
pub fn fit(blocks: &[Block], most: usize, more: impl Fn(usize) -> String) -> (String, usize) {
    if blocks.iter().map(Block::size).sum::<usize>() <= most {
        let whole = blocks.iter().map(|it| format!("{}{}{}", it.head, it.items.concat(), it.foot)).collect();
        return (whole, 0);
    }
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_by_key(|at| blocks[*at].rank);
    let mut room = most;
    // How many items of each block there is room for; `None`: not even for one.
    let mut kept: Vec<Option<usize>> = vec![None; blocks.len()];
    for at in order {
        let block = &blocks[at];
        let around = block.head.len() + block.foot.len() + CUT_LINE;
        let Some(mut left) = room.checked_sub(around) else { continue };
        let fitting = block.items.iter().take_while(|item| {
            let fits = item.len() <= left;
            left -= if fits { item.len() } else { 0 };
            fits
        });
        let fitting = fitting.count();
        if fitting == 0 && !block.items.is_empty() {
            continue;
        }
        room = left;
        kept[at] = Some(fitting);
    }
    let (mut text, mut lost) = (String::new(), 0);
    for (block, kept) in blocks.iter().zip(kept) {
        let cut = block.items.len() - kept.unwrap_or_default();
        lost += cut;
        let Some(kept) = kept else { continue };
        text.push_str(&block.head);
        block.items[..kept].iter().for_each(|item| text.push_str(item));
        text.push_str(&block.foot);
        if cut > 0 {
            text.push_str(&more(cut));
        }
    }
    (text, lost)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(rank: u8, items: &[&str]) -> Block {
        let items = items.iter().map(|it| (*it).to_owned()).collect();
        Block { rank, head: "<".to_owned(), items, foot: ">".to_owned() }
    }

    /// Whatever the room is, it is kept to, each block is whole or cut between two items, and what ranks before is there
    /// before what ranks behind it.
    #[test]
    fn it_fits_at_every_size() {
        let more = |cut: usize| format!("+{cut}");
        let blocks = [
            block(2, &["aaa", "b", "cc"]),
            block(0, &["é", "ffff"]),
            block(1, &[]),
            block(3, &["long, long, long"]),
        ];
        let whole = "<aaabcc><éffff><><long, long, long>";
        let mut before = 0;
        for most in 0..300 {
            let (text, lost) = fit(&blocks, most, more);
            assert!(text.len() <= most, "{most}: {text}");
            let kept = 6 - lost;
            assert!(kept >= before || most >= whole.len(), "{most}: {text}");
            before = kept;
            assert_eq!(text == whole, lost == 0, "{most}: {text}");
            if text.contains("<aaa") {
                assert!(text.contains("<é"), "{most}: {text}");
            }
        }
        assert_eq!(fit(&blocks, whole.len(), more), (whole.to_owned(), 0));
        assert_eq!(fit(&blocks, 0, more), (String::new(), 6));
    }
}
