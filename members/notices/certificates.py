"""What people are told of membership certificates (domain 7: station and e-mail)."""

from association import notices

notices.register("members.certificate_issued", "会员证已签发", group="会员资料")
