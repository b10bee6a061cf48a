"""Who plays what, names, ages and prizes: what is false of three concerts is found, and what is true is let be."""

from __future__ import annotations

import pytest

from encore.content.facts.fact_check import check_facts

BOATHOUSE = {
    "concert_title": "Summer Strings at the Boathouse",
    "concert_datetime": "2027-07-03T18:00+01:00",
    "timezone": "Europe/London",
    "venue_or_link": "The Old Boathouse, 3 Quay Road, Fowey",
    "student_highlights": (
        "19 students of Ros Penhale, aged 7 to 66. Isla Trewin (9, cello) plays Squire's Tarantella; her brother "
        "Finn, 13, plays Rieding's Concerto in B minor on the violin. Gareth Moyle (66) makes his debut with "
        "Ashokan Farewell. Zara Qureshi, viola: Bloch's Prayer - she won the county bronze medal in May. Accompanist: "
        "Delia Marsh. Tenor recorder: Noor Haddad in Greensleeves. Everyone plays Over the Rainbow at the end. "
        "£5, under-18s free. Doors 5.30pm."
    ),
}
BOOKHOUSE = {
    "concert_title": "初夏民乐小聚",
    "concert_datetime": "2027-05-29T15:00+08:00",
    "timezone": "Asia/Shanghai",
    "venue_or_link": "杭州市拱墅区 小河书院一楼",
    "student_highlights": (
        "知音民乐社18位学员，6岁至55岁。宋以宁（8岁）扬琴独奏《旱天雷》；高二的罗子昂吹葫芦丝《月光下的凤尾竹》，"
        "他拿过2026年市赛二等奖；吕婷、吕娜姐妹中阮重奏《火把节之夜》；吴阿姨（55岁）唱《半个月亮爬上来》；"
        "全体合奏《彩云追月》，指挥杜老师。约60分钟。免费。"
    ),
}
GRANARY = {
    "concert_title": "Klänge im Kornspeicher",
    "concert_datetime": "2027-09-12T17:00+02:00",
    "timezone": "Europe/Berlin",
    "venue_or_link": "Alter Kornspeicher, Hafenstraße 8, Wismar",
    "student_highlights": (
        "25 Schülerinnen und Schüler der Klasse Ilse Rahn, 6 bis 18 Jahre. Momme "
        "Petersen (8) spielt Griegs Morgenstimmung "
        "am Klavier, Jette Brandt (12, Querflöte) Faurés Sicilienne, Ole und Nils Harms ein Duett von Küchler "
        "auf zwei Geigen. Am Klavier: Frau Tiedemann. Jette gewann 2026 den zweiten Preis bei Jugend musiziert. "
        "Zum Schluss alle: Der Mond ist aufgegangen. Eintritt frei, Spenden willkommen. Einlass 16.30 Uhr."
    ),
}
CONSORT = {
    "concert_title": "Consort and Candle",
    "concert_datetime": "2027-03-06T19:30+00:00",
    "timezone": "Europe/London",
    "venue_or_link": "The Guildhall, Fish Row, Ludbridge",
    "student_highlights": (
        "Rufus Keane, countertenor, sings Dowland's Flow My Tears with Yasmin Abadi on the lute. Tilly Brandt (13) "
        "plays van Eyck's Daphne on the soprano recorder; Hugo and Felix Marlow, twin brothers of 15, play Moby Dick "
        "by Led Zeppelin on bass viols. Tilly won first prize at the 2026 Moeck Junior Competition. Harpsichord: "
        "Edwin Sharpe. MC: Nan Dawson."
    ),
}
DRUMS = {
    "concert_title": "启明少儿打击乐专场",
    "concert_datetime": "2027-07-10T16:00+08:00",
    "timezone": "Asia/Shanghai",
    "venue_or_link": "武汉市洪山区 启明少年宫小剧场",
    "student_highlights": (
        "全国展演金奖马梓涵（12岁）马林巴独奏《野蜂飞舞》；少年组银奖孙沐阳（10岁）小军鼓《拉德茨基》；双胞胎姐妹唐果、唐糖（9岁）"
        "木琴二重奏《卡门》序曲；蔡妈妈（58岁）弹《广陵散》；最小的学员鲁小宝（5岁）打三角铁。"
    ),
}
FALSE = [
    (CONSORT, "Rufus Keane on the lute, Yasmin Abadi in full voice."),
    (CONSORT, "Hugo Marlow is sixteen and plays the bass viol."),
    (CONSORT, "Tilly's only 12 and plays Daphne."),
    (CONSORT, "Moby Dick by Rush, on two bass viols."),
    (CONSORT, "If Tilly Brenner doesn't charm you, nobody will."),
    (CONSORT, "Hugo and Felix Marlow, father and son, have one music stand."),
    (CONSORT, "Die Schwestern Marlow spielen auf zwei Gamben."),
    (CONSORT, "Tilly won the Harrogate Junior Competition."),
    (CONSORT, "Tilly won the Moeck Junior Competition in 2024."),
    (CONSORT, "Hugo and Felix kick things off with Smoke on the Water."),
    (CONSORT, "Nan Dobson is MC, and there's no off switch."),
    (DRUMS, "少年组金奖孙沐阳敲小军鼓。"),
    (DRUMS, "全省展演金奖马梓涵独奏《野蜂飞舞》。"),
    (DRUMS, "孙沐阳，10岁，马林巴，《拉德茨基》。"),
    (DRUMS, "唐果、唐糖兄妹的木琴二重奏。"),
    (DRUMS, "唐果今年八岁，一起敲《卡门》。"),
    (DRUMS, "蔡妈妈68岁才第一次上台弹琴。"),
    (DRUMS, "Ma Zihan plays Guangling San."),
    (BOATHOUSE, "Finn Trewin is thirteen and plays his cello in the Rieding."),
    (BOATHOUSE, "Isla on viola and Zara on cello, what more do you want?"),
    (BOATHOUSE, "Gareth Moyle is 56 and about to make his debut."),
    (BOATHOUSE, "Delia Marshall is at the piano for all of it."),
    (BOATHOUSE, "Isla Morgan plays the Tarantella."),
    (BOATHOUSE, "Zara won silver in the county in May."),
    (BOATHOUSE, "Isla won the county bronze medal in May."),
    (BOATHOUSE, "Zara plays Fauré's Prayer on her viola."),
    (BOATHOUSE, "Max Bruch's Prayer, played by Zara."),
    (BOATHOUSE, "Everyone plays Somewhere Out There at the end."),
    (BOATHOUSE, "Noor Haddad brings Greensleeves on the alto recorder."),
    (BOATHOUSE, "Our youngest is five, our oldest 66."),
    (BOATHOUSE, "Tarantella with Finn, Greensleeves with Noor."),
    (BOATHOUSE, "Gareth ends with Danny Boy."),
    (BOATHOUSE, "From 7 to 76, all of them nervous."),
    (BOATHOUSE, "Accompanied by Mrs Dunstan."),
    (BOATHOUSE, "Finn, who's eleven, has the concerto."),
    (BOATHOUSE, "Zara picks up the harp for Bloch's Prayer."),
    (BOATHOUSE, "13岁的Finn拉大提琴，9岁的Isla拉小提琴。"),
    (BOATHOUSE, "Gareth spielt zum ersten Mal vor Publikum: Danny Boy."),
    (BOOKHOUSE, "宋以宁弹古筝《旱天雷》"),
    (BOOKHOUSE, "宋以安（8岁）扬琴独奏《旱天雷》"),
    (BOOKHOUSE, "罗子昂吹《旱天雷》，宋以宁打扬琴"),
    (BOOKHOUSE, "罗子昂去年拿了市赛一等奖，这次吹葫芦丝。"),
    (BOOKHOUSE, "吕婷、吕静姐妹中阮重奏《火把节之夜》"),
    (BOOKHOUSE, "吴阿姨唱《南泥湾》"),
    (BOOKHOUSE, "最小的学员5岁，最大的55岁。"),
    (BOOKHOUSE, "吴阿姨今年65岁，第一次登台唱歌。"),
    (BOOKHOUSE, "指挥是陈老师。"),
    (BOOKHOUSE, "最后全体合奏《金蛇狂舞》"),
    (BOOKHOUSE, "Song Yining is nine and plays the yangqin."),
    (BOOKHOUSE, "Luo Zi'ang plays the suona."),
    (BOOKHOUSE, "Luo Ziang won first prize in the city contest."),
    (GRANARY, "Momme Petersen (8) spielt am Klavier Griegs Hochzeitstag auf Troldhaugen."),
    (GRANARY, "Jette Brandt bläst Klarinette."),
    (GRANARY, "Jette Brand, ähm, Jette Carstens spielt Fauré."),
    (GRANARY, "Ole und Nils spielen ein Duett von Telemann."),
    (GRANARY, "Momme ist neun und spielt Grieg."),
    (GRANARY, "Am Klavier begleitet Frau Lorenzen."),
    (GRANARY, "Jette gewann den ersten Preis bei Jugend musiziert."),
    (GRANARY, "Momme spielt Faurés Sicilienne."),
    (GRANARY, "Zum Schluss singen alle: Guten Abend, gut Nacht."),
    (GRANARY, "Unsere Jüngste ist fünf."),
    (GRANARY, "Jette plays Debussy's Syrinx."),
    (GRANARY, "12岁的Jette吹双簧管。"),
    (BOATHOUSE, "Ros Penrose and her 19 students."),
    (BOOKHOUSE, "冼星海的《半个月亮爬上来》"),
    (BOOKHOUSE, "吕婷和吕娜姐妹，一个弹古筝，一个弹琵琶。"),
]
TRUE = [
    (CONSORT, "Rufus sings Flow My Tears, Yasmin plays the lute, Edwin the harpsichord."),
    (CONSORT, "Daphne (Tilly), Flow My Tears (Rufus & Yasmin), Moby Dick (the Marlow twins)."),
    (CONSORT, "Hugo, 15, says he's the older twin."),
    (CONSORT, "Tilly, winner of the 2026 Moeck Junior Competition, plays Daphne."),
    (CONSORT, "13岁的Tilly用高音竖笛吹奏，Rufus唱歌，Yasmin弹鲁特琴。"),
    (DRUMS, "唐家姐妹，一对双胞胎，都是九岁。"),
    (DRUMS, "58岁的蔡妈妈弹《广陵散》，金奖得主马梓涵独奏《野蜂飞舞》。"),
    (DRUMS, "Ma Zihan (12) plays Flight of the Bumblebee on the marimba."),
    (BOATHOUSE, "Finn's concerto is by Rieding, and Isla, nine, has Squire's Tarantella."),
    (BOATHOUSE, "Zara Qureshi's viola, Bloch's Prayer, and a county bronze to show for it."),
    (BOATHOUSE, "Our youngest is seven, our oldest sixty-six."),
    (BOATHOUSE, "Gareth is 66 and about to make his debut with Ashokan Farewell."),
    (BOATHOUSE, "Delia Marsh accompanies them all, and you can sing along to Over the Rainbow."),
    (BOATHOUSE, "来听9岁的Isla拉大提琴，还有全体一起演奏的《彩虹之上》！"),
    (BOATHOUSE, "加雷斯66岁，第一次登台，拉《阿肖坎告别曲》。"),
    (BOATHOUSE, "Finn (13) spielt Geige, seine Schwester Isla Cello, und Noor Tenorblockflöte."),
    (BOOKHOUSE, "8岁的宋以宁打扬琴，一曲《旱天雷》"),
    (BOOKHOUSE, "市赛二等奖得主罗子昂，吹一曲《月光下的凤尾竹》"),
    (BOOKHOUSE, "吕家姐妹的中阮，杜老师的指挥，吴阿姨的歌，都在小河书院。"),
    (BOOKHOUSE, "At the end everyone plays Colourful Clouds Chasing the Moon."),
    (BOOKHOUSE, "Luo Ziang plays the hulusi: Bamboo under the Moonlight."),
    (BOOKHOUSE, "Xiaohe Academy, Saturday at three. Eighteen folk musicians."),
    (BOOKHOUSE, "Die jüngste Spielerin ist sechs, der älteste Spieler 55."),
    (GRANARY, "Jette (12) und ihre Flöte: Faurés Sicilienne, mit Frau Tiedemann am Klavier."),
    (GRANARY, "Ole und Nils Harms spielen Küchler, zu zweit, auf zwei Geigen."),
    (GRANARY, "Unsere Jüngste ist sechs, unsere Älteste achtzehn."),
    (GRANARY, "Momme is eight and plays Grieg's Morning Mood at the piano."),
    (GRANARY, "8岁的Momme弹格里格的《晨景》，Jette吹长笛。"),
    (GRANARY, "At the end we all sing The Moon Has Risen."),
    (BOATHOUSE, "Rieding, Bloch, Squire: three names you may not know. Come and hear why you should."),
    (BOATHOUSE, "Little brother, big concerto: Finn is 13."),
    (BOATHOUSE, "Mrs Penhale's class, 19 of them, by the water."),
    (BOATHOUSE, "My daughter Isla plays cello, my son Finn plays violin, and I play taxi."),
    (BOATHOUSE, "Zara won bronze. Finn wants gold one day."),
    (BOOKHOUSE, "罗子昂的二等奖，我们都骄傲。"),
    (BOOKHOUSE, "55岁的吴阿姨要唱《半个月亮爬上来》，王洛宾的老歌。"),
    (GRANARY, "Wer Ole und Nils kennt, weiß: Zwei Geigen sind eine zu viel. Oder?"),
    (GRANARY, "Frau Rahns Klasse lädt ein: von Grieg bis Fauré ist alles dabei."),
]


@pytest.mark.parametrize(("facts", "text"), FALSE)
def test_what_is_false_of_those_who_play_is_found(fact_sheet, facts, text):
    assert check_facts(text, fact_sheet(**facts))


@pytest.mark.parametrize(("facts", "text"), TRUE)
def test_what_is_true_of_those_who_play_is_let_be(fact_sheet, facts, text):
    assert check_facts(text, fact_sheet(**facts)) == ()
