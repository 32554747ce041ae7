//! Readings that a character takes in certain words only.

type Word = (&'static str, &'static [&'static str]);

/// Places first, then words that stand in names of libraries. Only words
/// where the usual reading of a character would be wrong.
const WORDS: &[Word] = &[
    ("重庆", &["chong", "qing"]),
    ("长春", &["chang", "chun"]),
    ("长沙", &["chang", "sha"]),
    ("长安", &["chang", "an"]),
    ("长江", &["chang", "jiang"]),
    ("长治", &["chang", "zhi"]),
    ("长兴", &["chang", "xing"]),
    ("长白", &["chang", "bai"]),
    ("长城", &["chang", "cheng"]),
    ("长宁", &["chang", "ning"]),
    ("长乐", &["chang", "le"]),
    ("长葛", &["chang", "ge"]),
    ("厦门", &["xia", "men"]),
    ("厦大", &["xia", "da"]),
    ("成都", &["cheng", "du"]),
    ("首都", &["shou", "du"]),
    ("都江堰", &["du", "jiang", "yan"]),
    ("西藏", &["xi", "zang"]),
    ("藏族", &["zang", "zu"]),
    ("藏医", &["zang", "yi"]),
    ("蚌埠", &["beng", "bu"]),
    ("亳州", &["bo", "zhou"]),
    ("六安", &["lu", "an"]),
    ("六合", &["lu", "he"]),
    ("番禺", &["pan", "yu"]),
    ("东莞", &["dong", "guan"]),
    ("莞城", &["guan", "cheng"]),
    ("丽水", &["li", "shui"]),
    ("大埔", &["da", "bu"]),
    ("黄陂", &["huang", "pi"]),
    ("洪洞", &["hong", "tong"]),
    ("单县", &["shan", "xian"]),
    ("莘县", &["shen", "xian"]),
    ("莘庄", &["xin", "zhuang"]),
    ("铅山", &["yan", "shan"]),
    ("东阿", &["dong", "e"]),
    ("喀什", &["ka", "shi"]),
    ("尉犁", &["yu", "li"]),
    ("蔚县", &["yu", "xian"]),
    ("乐清", &["yue", "qing"]),
    ("乐亭", &["lao", "ting"]),
    ("乐山", &["le", "shan"]),
    ("歙县", &["she", "xian"]),
    ("浚县", &["xun", "xian"]),
    ("泌阳", &["bi", "yang"]),
    ("井陉", &["jing", "xing"]),
    ("大城县", &["dai", "cheng", "xian"]),
    ("牟平", &["mu", "ping"]),
    ("中牟", &["zhong", "mu"]),
    ("会稽", &["kuai", "ji"]),
    ("沈阳", &["shen", "yang"]),
    ("朝阳", &["chao", "yang"]),
    ("枞阳", &["zong", "yang"]),
    ("砀山", &["dang", "shan"]),
    ("郫都", &["pi", "du"]),
    ("犍为", &["qian", "wei"]),
    ("石嘴山", &["shi", "zui", "shan"]),
    ("吐鲁番", &["tu", "lu", "fan"]),
    ("呼和浩特", &["hu", "he", "hao", "te"]),
    ("音乐", &["yin", "yue"]),
    ("乐团", &["yue", "tuan"]),
    ("会计", &["kuai", "ji"]),
    ("银行", &["yin", "hang"]),
    ("行业", &["hang", "ye"]),
    ("行政", &["xing", "zheng"]),
    ("航行", &["hang", "xing"]),
    ("重点", &["zhong", "dian"]),
    ("重型", &["zhong", "xing"]),
    ("重机", &["zhong", "ji"]),
    ("传媒", &["chuan", "mei"]),
    ("传播", &["chuan", "bo"]),
    ("地质", &["di", "zhi"]),
    ("地方", &["di", "fang"]),
    ("校长", &["xiao", "zhang"]),
    ("馆藏", &["guan", "cang"]),
    ("收藏", &["shou", "cang"]),
    ("典藏", &["dian", "cang"]),
    ("调度", &["diao", "du"]),
    ("朝鲜", &["chao", "xian"]),
    ("曾", &["zeng"]),
    ("区", &["qu"]),
    ("大", &["da"]),
    ("石", &["shi"]),
    ("盛", &["sheng"]),
    ("车", &["che"]),
    ("校", &["xiao"]),
    ("省", &["sheng"]),
    ("地", &["di"]),
    ("广", &["guang"]),
    ("厂", &["chang"]),
    ("数", &["shu"]),
    ("参", &["can"]),
    ("行", &["xing"]),
    ("柏", &["bai"]),
    ("贾", &["jia"]),
    ("南", &["nan"]),
    ("都", &["du"]),
    ("县", &["xian"]),
    ("吉", &["ji"]),
    ("济", &["ji"]),
    ("万", &["wan"]),
    ("宁", &["ning"]),
    ("术", &["shu"]),
    ("系", &["xi"]),
    ("度", &["du"]),
    ("体", &["ti"]),
    ("合", &["he"]),
    ("空", &["kong"]),
    ("朝", &["chao"]),
    ("藏", &["zang"]),
    ("教", &["jiao"]),
    ("中", &["zhong"]),
    ("化", &["hua"]),
    ("少", &["shao"]),
    ("员", &["yuan"]),
    ("读", &["du"]),
    ("仇", &["qiu"]),
    ("台", &["tai"]),
    ("阿", &["a"]),
    ("洞", &["dong"]),
    ("什", &["shi"]),
    ("信", &["xin"]),
];

/// The readings of the longest known word at the start of `text`.
pub(super) fn of_word(text: &[char]) -> Option<&'static [&'static str]> {
    WORDS
        .iter()
        .filter(|(word, _)| starts_with(text, word))
        .max_by_key(|(word, _)| word.len())
        .map(|(_, readings)| *readings)
}

fn starts_with(text: &[char], word: &str) -> bool {
    let mut place = text.iter();
    word.chars().all(|c| place.next() == Some(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_one_reading_a_character() {
        for (word, readings) in WORDS {
            assert_eq!(word.chars().count(), readings.len(), "{word}");
            for reading in *readings {
                assert!(reading.bytes().all(|b| b.is_ascii_lowercase()), "{word}: {reading}");
            }
        }
    }

    #[test]
    fn the_longest_word_wins() {
        let text: Vec<char> = "大城县图书馆".chars().collect();
        assert_eq!(of_word(&text), Some(&["dai", "cheng", "xian"][..]));
    }
}
