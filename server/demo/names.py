"""Invented names of people, doors and villages. Telephone numbers begin with digits that no network gives out."""

from __future__ import annotations

from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖"
    "田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦方"
    "邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶毛贺顾龚郝邵万钱严武戴莫孔向汤"
)
GIVEN_FIRST = "建国志文明永春秋月海金玉秀桂美丽晓小宏伟俊佳思雨子若雅静慧国家福寿兴荣根水阿林凤兰红卫新正"
GIVEN_SECOND = "华强芳英杰敏军平刚勇娟霞飞燕涛磊洋艳超鹏梅兰琴珍凤云峰波宁丽婷雪倩欣怡涵轩宇浩然明生根法观祥发良"

HOME_TOWN_VILLAGES = (
    "百步社区", "百联村", "超同村", "逍恬村", "农丰村", "新升村", "横港村", "桃北村", "胜利村", "五丰村", "得胜村",
)  # fmt: skip
PLACE_FIRST = "新东西南北永联丰庆长三万文太吉青江富齐元凤场雪盐城六官勤鱼杨云澉"
PLACE_SECOND = "星桥浜港塘泾圩庄堰兴和明建民农阳渡池坝福林湖丰"

SHOPS = (
    "便民超市", "小吃店", "理发店", "五金店", "电动车行", "水果店", "早餐店", "药店", "快递站", "棋牌室", "服装店",
    "面馆", "粮油店", "茶室", "修车铺", "托管班",
)  # fmt: skip
SITES = ("安置房工地", "标准厂房工地", "道路改造工地", "旧房翻建工地")
FACILITIES = ("配电房", "污水泵站", "文化礼堂", "健身广场", "垃圾分类站", "公交站台", "河道闸口")
CHECK_POINTS = (
    ("村口农贸市场", ("HAZ-01", "HAZ-03")),
    ("出租房集中点", ("HAZ-05", "HAZ-02")),
    ("电动自行车集中充电棚", ("HAZ-02",)),
    ("沿街店铺东段", ("HAZ-01", "HAZ-03", "HAZ-06")),
    ("小学门口道路", ("HAZ-14", "HAZ-10")),
    ("村级河道排口", ("HAZ-11",)),
    ("老旧自建房一片", ("HAZ-07",)),
    ("村道护栏和井盖", ("HAZ-10",)),
)


class Names:
    """A stream of invented words, the same for the same seed."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def person(self) -> str:
        given = self._random.choice(GIVEN_FIRST) if self._random.random() < 0.75 else ""
        return self._random.choice(SURNAMES) + given + self._random.choice(GIVEN_SECOND)

    def phone(self) -> str:
        return f"105{self._random.randrange(10**8):08d}"

    def office_phone(self) -> str:
        return f"0573-0{self._random.randrange(10**7):07d}"

    def villages(self, count: int, share_of_communities: float = 0.25) -> list[str]:
        """Distinct names, villages first."""
        found: dict[str, None] = {}
        while len(found) < count:
            found[self._random.choice(PLACE_FIRST) + self._random.choice(PLACE_SECOND)] = None
        communities = round(count * share_of_communities)
        return [name + ("社区" if i >= count - communities else "村") for i, name in enumerate(found)]

    def door(self, village: str, group: int, number: int) -> str:
        if village.endswith("社区"):
            return f"{group}幢{number % 6 + 1}单元{number // 6 + 1:d}0{number % 4 + 1}室"
        return f"{village.removesuffix('村')}{group}组{number}号"
